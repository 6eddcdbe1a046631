/** Fixtures recorded from scikit-learn by bench/peers/record-metrics.py. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binaryMetrics, rocAuc } from './binary-metrics.ts'
import type { Metrics } from './metrics.ts'
import { multiclassMetrics } from './multiclass-metrics.ts'
import { regressionMetrics } from './regression-metrics.ts'

interface Fixture {
  binary: { name: string; actual: number[]; scores: number[]; expected: Metrics }[]
  multiclass: { name: string; actual: number[]; probabilities: number[][]; expected: Metrics }[]
  regression: { name: string; actual: number[]; predicted: number[]; expected: Metrics }[]
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('./fixtures/sklearn-metrics.json', import.meta.url), 'utf8'),
)

function expectClose(found: Metrics, expected: Metrics) {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort())
  for (const [key, value] of Object.entries(expected)) {
    expect(found[key as keyof Metrics], key).toBeCloseTo(value, 10)
  }
}

describe('binary metrics equal scikit-learn’s', () => {
  for (const { name, actual, scores, expected } of fixture.binary) {
    test(name, () => {
      const predicted = scores.map((score) => (score >= 0.5 ? 1 : 0))
      expectClose(binaryMetrics(actual, Float64Array.from(scores), predicted), expected)
    })
  }
})

describe('multiclass metrics equal scikit-learn’s', () => {
  for (const { name, actual, probabilities, expected } of fixture.multiclass) {
    test(name, () => {
      const predicted = probabilities.map((row) => row.indexOf(Math.max(...row)))
      const classes = probabilities[0]?.length ?? 0
      expectClose(
        multiclassMetrics(actual, Float64Array.from(probabilities.flat()), predicted, classes),
        expected,
      )
    })
  }
})

describe('regression metrics equal scikit-learn’s', () => {
  for (const { name, actual, predicted, expected } of fixture.regression) {
    test(name, () => expectClose(regressionMetrics(actual, predicted), expected))
  }
})

test('AUC is the share of pairs ranked right, ties counting half', () => {
  const rows = fc.array(
    fc.record({ truth: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: 0, max: 6 }) }),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  fc.assert(
    fc.property(rows, (data) => {
      const positives = data.filter((row) => row.truth === 1)
      const negatives = data.filter((row) => row.truth === 0)
      fc.pre(positives.length > 0 && negatives.length > 0)
      let right = 0
      for (const p of positives) {
        for (const q of negatives) right += p.score > q.score ? 1 : p.score === q.score ? 0.5 : 0
      }
      const found = rocAuc(
        data.map((row) => row.truth),
        Float64Array.from(data, (row) => row.score),
      )
      expect(found).toBeCloseTo(right / (positives.length * negatives.length), 12)
    }),
  )
})
