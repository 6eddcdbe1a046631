/** The key that a slip of the finger, or another library's way of writing, stands for. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

const keys = [
  'trees',
  'learningRate',
  'maxDepth',
  'maxLeaves',
  'l1',
  'l2',
  'subsample',
  'parameters',
  'register',
]

test.each([
  ['tree', 'trees'],
  ['teres', 'trees'],
  ['max_depth', 'maxDepth'],
  ['learning-rate', 'learningRate'],
  ['MaxLeafs', 'maxLeaves'],
  ['sub_sample', 'subsample'],
  ['params', 'parameters'],
  ['reg', 'register'],
  ['L1', 'l1'],
])('%s is %s', (word, key) => {
  expect(nearest(word, keys)).toBe(key)
})

test.each(['epochs', 'dropout', 'l3', 'x', '', 'kind', '__proto__', 'trees'.repeat(50)])(
  '"%s" is like none of them',
  (word) => {
    expect(nearest(word, keys)).toBeNull()
  },
)

test('the fewest changes win: a key is nearest to itself, and to itself without a letter unless another is that', () => {
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.nat(20), (key, at) => {
      expect(nearest(key, keys)).toBe(key)
      if (key.length < 5) return
      const cut = at % key.length
      expect(nearest(key.slice(0, cut) + key.slice(cut + 1), keys)).toBe(key)
    }),
  )
})
