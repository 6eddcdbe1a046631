/** Catches a column, or the tokens of a text, lost on the way from several requests into one batch. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../drift/testing/seeded-random.ts'
import { compilePipeline } from './compile-pipeline.ts'
import { joinBatches } from './join-batches.ts'
import { randomBatch, randomPipeline } from './testing/random-pipeline.ts'

test('batches of every encoder, each with its own texts, give the same inputs joined as apart, bit for bit', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed)
      const pipeline = randomPipeline(random)
      const compiled = compilePipeline(pipeline)
      const parts = [1, 2, 3].map(() => randomBatch(random, pipeline, 8))
      const joined = joinBatches(pipeline, parts)
      expect(new Set(joined.columns.map((column) => column.buffer)).size).toBeLessThanOrEqual(1)
      const apart = parts.flatMap((part) => {
        const inputs = new Float64Array(part.rows * pipeline.width)
        compiled.transform(part, inputs)
        return Array.from(inputs)
      })
      const together = new Float64Array(joined.rows * pipeline.width)
      compiled.transform(joined, together)
      expect(Array.from(together)).toEqual(apart)
    }),
    { numRuns: 60 },
  )
})
