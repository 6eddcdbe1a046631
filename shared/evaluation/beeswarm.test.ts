import { expect, test } from 'vitest'
import { beeswarmOffsets } from './beeswarm.ts'

test('rows of one value lie on both sides of the middle, those apart stay on it, and none leaves its band', () => {
  expect(beeswarmOffsets([1, 1, 1, 5], 10)).toEqual([0, -0.045, 0.045, 0])
  const many = beeswarmOffsets(new Array(200).fill(0), 1)
  expect([Math.min(...many), Math.max(...many)]).toEqual([-0.4, 0.4])
  expect(beeswarmOffsets([0, 0], 0)).toEqual([0, -0.045])
})
