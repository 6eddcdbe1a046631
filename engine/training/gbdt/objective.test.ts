/** Gradients beside differences of the losses themselves: they catch a wrong sign or factor. */
import { expect, test } from 'vitest'
import { quantileOf, writeClassGradients, writeGradients, writeProbabilities } from './objective.ts'

const losses = {
  'binary:logistic': (margin: number, y: number) => Math.log1p(Math.exp(margin)) - y * margin,
  'reg:squarederror': (margin: number, y: number) => (margin - y) ** 2,
  'reg:absoluteerror': (margin: number, y: number) => Math.abs(margin - y),
  'count:poisson': (margin: number, y: number) => Math.exp(margin) - y * margin,
  'reg:quantileerror': (margin: number, y: number) => (margin - y) * (margin > y ? 0.3 : -0.7),
} as const

for (const [name, loss] of Object.entries(losses)) {
  test(`${name}: the loss, and its slope in the margin`, () => {
    for (const margin of [-30, -3.5, -0.2, 0.4, 2, 11]) {
      for (const y of [0, 1]) {
        const pairs = new Float32Array(2)
        const rows = { rows: 1, weights: null, target: Float32Array.of(y), scores: Float32Array.of(margin) }
        const found = writeGradients(name as keyof typeof losses, 0.7, rows, 0, 1, pairs)
        const at = rows.scores[0]!
        expect(found / (1 + loss(at, y))).toBeCloseTo(loss(at, y) / (1 + loss(at, y)), 7)
        const slope = (loss(at + 1e-5, y) - loss(at - 1e-5, y)) / 2e-5
        // XGBoost halves the squared error before it takes its slope.
        const wanted = name === 'reg:squarederror' ? slope / 2 : slope
        expect(pairs[0]! / (1 + Math.abs(wanted))).toBeCloseTo(wanted / (1 + Math.abs(wanted)), 5)
        expect(pairs[1]).toBeGreaterThan(0)
      }
    }
  })
}

test('classes: probabilities sum to one, gradients to none, and far margins overflow nothing', () => {
  const rows = {
    rows: 2,
    weights: null,
    target: Float32Array.of(2, 0),
    scores: Float32Array.of(0.5, 900, -1, -900, 2, 0),
  }
  const probabilities = new Float32Array(6)
  const loss = writeProbabilities(rows, 3, 0, 2, probabilities)
  const powers = [0.5, -1, 2].map(Math.exp)
  const sum = powers.reduce((a, b) => a + b)
  powers.forEach((power, k) => {
    expect(probabilities[2 * k]).toBeCloseTo(power / sum, 6)
  })
  expect(loss).toBeCloseTo(-Math.log(powers[2]! / sum), 6)
  expect(probabilities[1]).toBe(1)
  const gradients = [0, 1, 2].map((group) => {
    const pairs = new Float32Array(4)
    writeClassGradients(rows, group, 0, 2, probabilities, pairs)
    return pairs[0]!
  })
  expect(gradients.reduce((a, b) => a + b)).toBeCloseTo(0, 6)
  expect(gradients[2]).toBeCloseTo(powers[2]! / sum - 1, 6)
})

test('quantiles lie between neighbours, and at the ends on them', () => {
  expect([0.5, 0.01, 0.99, 0.3].map((q) => quantileOf(Float32Array.of(4, 1, 3, 2), q))).toEqual([
    2.5, 1, 4, 1.5,
  ])
})
