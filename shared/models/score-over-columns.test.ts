/** Catches an encoder whose weights are added in another order, twice or not at all where no matrix of inputs is made. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../drift/testing/seeded-random.ts'
import { sliceRows } from '../features/batch-buffers.ts'
import { compilePipeline } from '../features/compile-pipeline.ts'
import { randomBatch, randomPipeline } from '../features/testing/random-pipeline.ts'
import type { DenseLayer } from './dense-model.ts'
import { createDenseScorer } from './dense-scorer.ts'

test('one layer over columns has the bits of the layer over the matrix of inputs, for a row alone as well', () => {
  let compared = 0
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, outputs) => {
      const random = seededRandom(seed)
      const pipeline = randomPipeline(random)
      const numbers = (count: number) => Float32Array.from({ length: count }, () => 2 * random() - 1)
      const layer: DenseLayer = {
        inputs: pipeline.width,
        outputs,
        kernel: numbers(pipeline.width * outputs),
        bias: numbers(outputs),
        activation: outputs === 1 ? (seed % 2 === 0 ? 'linear' : 'sigmoid') : 'softmax',
      }
      const scorer = createDenseScorer({ layers: [layer] })
      const overColumns = scorer.overColumns?.(pipeline) ?? null
      // Products of inputs need the matrix.
      expect(overColumns === null).toBe(pipeline.interactions !== undefined)
      if (overColumns === null) return
      compared++
      // The second batch finds what the first left in the buffers.
      for (const most of [40, 20]) {
        const batch = randomBatch(random, pipeline, most)
        const expected = new Float64Array(batch.rows * outputs)
        scorer.score(compilePipeline(pipeline).inputs(batch), batch.rows, expected)
        const found = new Float64Array(batch.rows * outputs)
        overColumns(batch, found)
        const alone = new Float64Array(outputs)
        for (let r = 0; r < batch.rows; r++) {
          overColumns(sliceRows(batch, r, r + 1), alone)
          // `+ 0`: a zero has no sign here.
          const row = (scores: Float64Array, from: number) =>
            Array.from(scores.subarray(from, from + outputs), (score) => score + 0)
          expect([row(found, r * outputs), row(alone, 0)]).toEqual([
            row(expected, r * outputs),
            row(expected, r * outputs),
          ])
        }
      }
    }),
    { numRuns: 300 },
  )
  expect(compared).toBeGreaterThan(100)
})
