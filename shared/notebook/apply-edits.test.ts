import { expect, test } from 'vitest'
import { applyEdits } from './apply-edits.ts'
import { originalKey } from './codec.ts'
import type { Cell, Notebook } from './notebook.ts'

const cell = (id: string): Cell => ({ id, kind: 'sql', name: id, source: `select '${id}'` })
const notebook: Notebook = { cells: [cell('a'), cell('b'), cell('c')], foreign: { kept: true } }
const ids = (document: Notebook) => document.cells.map(({ id }) => id).join('')

test('cells are inserted, moved and deleted by position after the earlier edits of the batch', () => {
  const next = applyEdits(notebook, [
    { type: 'insert', index: 1, cell: cell('d') },
    { type: 'move', id: 'a', index: 3 },
    { type: 'delete', id: 'b' },
  ])
  expect(ids(next)).toBe('dca')
  expect(ids(notebook)).toBe('abc')
  expect(next.foreign).toEqual({ kept: true })
})

test('an update changes what it names and nothing else', () => {
  const [first] = applyEdits(notebook, [
    { type: 'update', id: 'a', source: 'select 2', materialize: 'table' },
  ]).cells
  expect(first).toEqual({ id: 'a', kind: 'sql', name: 'a', source: 'select 2', materialize: 'table' })
})

test('a cell that becomes one of ours drops what it was elsewhere', () => {
  const raw: Cell = { ...cell('r'), kind: 'markdown', foreign: { [originalKey]: { cellType: 'raw' }, x: 1 } }
  const [next] = applyEdits({ cells: [raw] }, [{ type: 'update', id: 'r', kind: 'sql' }]).cells
  expect(next?.foreign).toEqual({ x: 1 })
})

test('unknown and double ids are refused', () => {
  expect(() => applyEdits(notebook, [{ type: 'delete', id: 'z' }])).toThrow('no cell z')
  expect(() => applyEdits(notebook, [{ type: 'insert', index: 0, cell: cell('a') }])).toThrow(
    'already has a cell a',
  )
})
