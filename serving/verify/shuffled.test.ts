import { expect, it } from 'vitest'
import { shuffledBatches } from './shuffled.ts'

it('puts every row once into a batch with rows from elsewhere, the same way every time', () => {
  const batches = shuffledBatches(40)
  expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, row) => row))
  expect(batches.map((batch) => batch.length)).toEqual([7, 7, 7, 7, 7, 5])
  expect(batches[0]).toEqual([0, 34, 13, 26, 5, 39, 18])
  expect(shuffledBatches(40)).toEqual(batches)
})
