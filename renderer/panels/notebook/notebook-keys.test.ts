import { expect, it } from 'vitest'
import { neighbour } from './notebook-keys.ts'

it('selects the next and the previous cell and stays at the ends', () => {
  const ids = ['a', 'b', 'c']
  expect(neighbour(ids, 'a', 1)).toBe('b')
  expect(neighbour(ids, 'c', 1)).toBe('c')
  expect(neighbour(ids, 'a', -1)).toBe('a')
  expect(neighbour(ids, null, 1)).toBe('a')
  expect(neighbour([], null, 1)).toBeNull()
})
