import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../drift/testing/seeded-random.ts'
import type { DenseLayer } from './dense-model.ts'
import { createDenseScorer } from './dense-scorer.ts'

function layerOf(inputs: number, outputs: number, head: boolean, random: () => number): DenseLayer {
  const numbers = (count: number) => Float32Array.from({ length: count }, () => 2 * random() - 1)
  const activation = head ? 'linear' : 'relu'
  return { inputs, outputs, kernel: numbers(inputs * outputs), bias: numbers(outputs), activation }
}

/** Plain loops: every product and every sum in float64, inputs in their order. */
function byHand(layers: readonly DenseLayer[], row: ArrayLike<number>): number[] {
  let values = Array.from(row)
  for (const { inputs, outputs, kernel, bias, activation } of layers) {
    values = Array.from({ length: outputs }, (_, o) => {
      let sum = bias[o] ?? 0
      for (let i = 0; i < inputs; i++) sum += (values[i] ?? 0) * (kernel[i * outputs + o] ?? 0)
      return activation === 'relu' ? Math.max(sum, 0) : sum
    })
  }
  return values
}

test('a row has the bits of plain float64 loops, alone and among any others', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 21 }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 150 }), fc.integer(), (widths, rows, seed) => {
      const random = seededRandom(seed)
      const layers = widths
        .slice(1)
        .map((outputs, l) => layerOf(widths[l] ?? 1, outputs, l === widths.length - 2, random))
      const [width, outputs] = [widths[0] ?? 1, widths.at(-1) ?? 1]
      const inputs = Float32Array.from({ length: rows * width }, () =>
        random() < 0.3 ? 0 : 8 * random() - 4,
      )
      const scorer = createDenseScorer({ layers })
      const found = new Float64Array(rows * outputs)
      scorer.score(inputs, rows, found)
      const alone = new Float64Array(outputs)
      for (let r = 0; r < rows; r++) {
        const row = inputs.subarray(r * width, (r + 1) * width)
        const expected = byHand(layers, row)
        scorer.score(row, 1, alone)
        for (let o = 0; o < outputs; o++) {
          // `===`: a zero has no sign here.
          if (found[r * outputs + o] !== expected[o] || alone[o] !== expected[o]) {
            expect([found[r * outputs + o], alone[o]]).toEqual([expected[o], expected[o]])
          }
        }
      }
    }),
    { numRuns: 60 },
  )
})
