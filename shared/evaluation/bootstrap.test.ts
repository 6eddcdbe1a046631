/**
 * The fixture, recorded by bench/peers/record-evaluation.py, catches drift from SciPy's percentile bootstrap; the
 * property catches a kernel that no longer computes what `computeMetrics` reports.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../drift/testing/seeded-random.ts'
import { computeMetrics } from '../metrics/compute-metrics.ts'
import { metricKeys } from '../metrics/metrics.ts'
import type { Predictions } from '../models/predictor.ts'
import { bootstrapMetrics, pointValues } from './bootstrap.ts'
import fixture from './fixtures/sklearn-evaluation.json' with { type: 'json' }
import { metricKernel } from './metric-kernel.ts'
import { pairedComparison } from './paired-comparison.ts'
import { quantiles } from './quantiles.ts'
import { sliceMetrics, sliceNumbers } from './slices.ts'

const recorded = fixture.bootstrap

function binaryPredictions(scores: readonly number[]): Predictions {
  return {
    task: 'binary',
    rows: scores.length,
    outputs: 1,
    scores: Float64Array.from(scores),
    classIndexes: Int32Array.from(scores, (score) => (score >= 0.5 ? 1 : 0)),
  }
}

function numberPredictions(values: readonly number[]): Predictions {
  const scores = Float64Array.from(values)
  return { task: 'regression', rows: values.length, outputs: 1, scores, classIndexes: new Int32Array(0) }
}

/** Ends agree where the two samplings' own noise, a few per cent of the width, allows. */
function expectSameInterval(
  found: { low: number | null; high: number | null } | null | undefined,
  expected: { low: number; high: number },
) {
  const width = expected.high - expected.low
  expect(Math.abs((found?.low ?? Number.NaN) - expected.low) / width).toBeLessThan(0.06)
  expect(Math.abs((found?.high ?? Number.NaN) - expected.high) / width).toBeLessThan(0.06)
}

test('quantiles are NumPy’s', () => {
  const { values, at, expected } = fixture.quantiles
  quantiles(Float64Array.from(values).sort(), at).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12)
  })
})

describe('percentile intervals are SciPy’s', () => {
  test('of a classifier', () => {
    const kernel = metricKernel(recorded.actual, binaryPredictions(recorded.scores))
    const found = bootstrapMetrics(kernel, 3000, seededRandom(1))
    expectSameInterval(found.auc, recorded.auc)
    expectSameInterval(found.accuracy, recorded.accuracy)
    expectSameInterval(found.logLoss, recorded.logLoss)
  })

  test('of a regression, and of the difference of two on the same rows', () => {
    const kernels = [recorded.guess, recorded.other].map((guess) =>
      metricKernel(recorded.target, numberPredictions(guess)),
    )
    const compared = pairedComparison(kernels, 3000, seededRandom(2))
    const of = (key: string) => compared.find((metric) => metric.key === key)
    expectSameInterval(of('rmse')?.estimates[0], recorded.rmse)
    expectSameInterval(of('r2')?.estimates[0], recorded.r2)
    expectSameInterval(of('rmse')?.differences[1], recorded.rmseDifference)
  })
})

test('a model compared with itself differs by nothing, with an interval of nothing', () => {
  const kernel = metricKernel(recorded.actual, binaryPredictions(recorded.scores))
  for (const { differences } of pairedComparison([kernel, kernel], 50, seededRandom(3))) {
    expect(differences).toEqual([null, { value: 0, low: 0, high: 0 }])
  }
})

const label = fc.integer({ min: 0, max: 2 })
const score = fc.integer({ min: 0, max: 10 }).map((tenth) => tenth / 10)

test('kernels compute what the reported metrics are, counted by weight', () => {
  const drawn = fc.array(fc.tuple(label, score, score, score, fc.integer({ min: 0, max: 3 })), {
    minLength: 1,
    maxLength: 40,
  })
  fc.assert(
    fc.property(drawn, fc.constantFrom('binary', 'multiclass', 'regression'), (rows, task) => {
      const outputs = task === 'multiclass' ? 3 : 1
      const build = (from: typeof rows) => {
        const scores = Float64Array.from(from.flatMap(([, ...three]) => three.slice(0, outputs)))
        const predicted = from.map(([, a, b, c]) =>
          task === 'binary' ? (a >= 0.5 ? 1 : 0) : [a, b, c].indexOf(Math.max(a, b, c)),
        )
        const actual = from.map(([truth]) => (task === 'binary' ? truth % 2 : truth))
        const classIndexes = Int32Array.from(predicted)
        return { actual, predictions: { task, rows: from.length, outputs, scores, classIndexes } as const }
      }
      const repeated = rows.flatMap((row) => Array.from({ length: row[4] }, () => row))
      if (repeated.length === 0) return
      const whole = build(rows)
      const kernel = metricKernel(whole.actual, whole.predictions)
      const out = new Float64Array(kernel.keys.length)
      kernel.evaluate(
        rows.map((row) => row[4]),
        out,
      )
      const expected = build(repeated)
      const metrics = computeMetrics(expected.actual, expected.predictions)
      for (const key of metricKeys) {
        const place = kernel.keys.indexOf(key)
        const value = place < 0 || Number.isNaN(out[place]) ? undefined : out[place]
        if (value === undefined) expect(metrics[key]).toBeUndefined()
        else expect(value).toBeCloseTo(metrics[key] ?? Number.NaN, 9)
      }
    }),
  )
})

describe('slices', () => {
  test('few numbers are a slice each, many are bins of like size, missing ones stand apart', () => {
    expect(sliceNumbers(Float64Array.of(2, 1, Number.NaN, 2))).toEqual({
      labels: ['1', '2', 'missing'],
      slices: Int32Array.of(1, 0, 2, 1),
    })
    const { labels, slices } = sliceNumbers(
      Float64Array.from({ length: 800 }, (_, i) => i),
      4,
    )
    expect(labels).toEqual(['0 to 199.8', '199.8 to 399.5', '399.5 to 599.3', '599.3 to 799', 'missing'])
    const counts = [0, 0, 0, 0]
    for (const slice of Array.from(slices)) counts[slice]!++
    expect(counts).toEqual([200, 200, 200, 200])
    expect(sliceNumbers(new Float64Array(3).fill(Number.NaN)).labels).toEqual(['missing'])
  })

  test('each has the metrics of its own rows alone, and the same interval whenever it is asked', () => {
    const predictions = binaryPredictions(recorded.scores)
    const assignment = {
      labels: ['even', 'odd', 'never'],
      slices: recorded.actual.map((_, r) => r % 2),
    }
    const actual = Float64Array.from(recorded.actual)
    const slice = () => sliceMetrics(actual, predictions, assignment, 100, seededRandom(4))
    const found = slice()
    expect(found.map(({ label, rows }) => [label, rows])).toEqual([
      ['even', 45],
      ['odd', 45],
    ])
    const odd = recorded.scores.filter((_, r) => r % 2 === 1)
    const kernel = metricKernel(
      recorded.actual.filter((_, r) => r % 2 === 1),
      binaryPredictions(odd),
    )
    expect(found[1]?.metrics.auc?.value).toBe(pointValues(kernel).auc)
    expect(slice()).toEqual(found)
  })
})
