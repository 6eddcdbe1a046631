import { expect, it } from 'vitest'
import { moveCursor } from './grid-cursor.ts'

const grid = { rows: 100, columns: 5, page: 10 }
const key = (name: string, ctrlKey = false) => ({ key: name, ctrlKey, metaKey: false })

it('moves by cells, pages and to the ends, and stays inside', () => {
  expect(moveCursor({ row: 4, column: 2 }, key('ArrowDown'), grid)).toEqual({ row: 5, column: 2 })
  expect(moveCursor({ row: 4, column: 2 }, key('PageDown'), grid)).toEqual({ row: 14, column: 2 })
  expect(moveCursor({ row: 4, column: 2 }, key('End', true), grid)).toEqual({ row: 99, column: 4 })
  expect(moveCursor({ row: 0, column: 0 }, key('ArrowUp'), grid)).toEqual({ row: 0, column: 0 })
})

it('leaves other keys and empty grids alone', () => {
  expect(moveCursor(undefined, key('x'), grid)).toBeUndefined()
  expect(moveCursor(undefined, key('ArrowDown'), { ...grid, rows: 0 })).toBeUndefined()
})
