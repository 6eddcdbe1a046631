/** The fixture, recorded by bench/peers/record-evaluation.py, catches drift from scikit-learn's definitions. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { brierScore, calibration } from './calibration.ts'
import { cheapestThreshold, equalCosts, totalCost } from './cost-matrix.ts'
import fixture from './fixtures/sklearn-evaluation.json' with { type: 'json' }
import { confusionAt, confusionAtPlace, thinThresholds, thresholdCounts } from './threshold-counts.ts'
import { averagePrecision, gainCurve, precisionRecallCurve, rocArea, rocCurve } from './threshold-curves.ts'

function expectClose(found: readonly number[], expected: readonly number[]) {
  expect(found.length).toBe(expected.length)
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12)
  })
}

describe.each(fixture.binary)('curves are scikit-learn’s: $name', (recorded) => {
  const scores = Float64Array.from(recorded.scores)
  const counts = thresholdCounts(recorded.actual, scores)

  test('ROC and its area', () => {
    const points = rocCurve(counts).slice(1)
    expectClose(
      points.map((point) => point.falsePositiveRate),
      recorded.roc.falsePositiveRate,
    )
    expectClose(
      points.map((point) => point.truePositiveRate),
      recorded.roc.truePositiveRate,
    )
    expectClose(
      points.map((point) => point.threshold),
      recorded.roc.thresholds,
    )
    expect(rocArea(counts)).toBeCloseTo(recorded.auc, 12)
  })

  test('precision, recall and average precision', () => {
    const points = precisionRecallCurve(counts).reverse()
    const { precision, recall, thresholds } = recorded.precisionRecall
    expectClose(
      points.map((point) => point.precision),
      precision.slice(0, -1),
    )
    expectClose(
      points.map((point) => point.recall),
      recall.slice(0, -1),
    )
    expectClose(
      points.map((point) => point.threshold),
      thresholds,
    )
    expect(averagePrecision(counts)).toBeCloseTo(recorded.averagePrecision, 12)
  })

  test('confusion at a threshold, gain and lift', () => {
    for (const { threshold, matrix } of recorded.confusion) {
      const found = confusionAt(counts, threshold)
      expect([
        [found.trueNegatives, found.falsePositives],
        [found.falseNegatives, found.truePositives],
      ]).toEqual(matrix)
    }
    const points = gainCurve(counts)
    expectClose(
      points.map((point) => point.gain),
      recorded.gain.gain,
    )
    expectClose(
      points.map((point) => point.lift),
      recorded.gain.gain.map((gain, i) => gain / recorded.gain.share[i]!),
    )
  })

  test('calibration, its error and the Brier score', () => {
    for (const expected of recorded.calibration) {
      const rule = expected.strategy === 'uniform' ? 'equal-width' : 'equal-mass'
      const found = calibration(recorded.actual, scores, rule, expected.bins)
      expect(found.bins.map((bin) => bin.rows)).toEqual(expected.rows)
      expectClose(
        found.bins.map((bin) => bin.actual),
        expected.actual,
      )
      expectClose(
        found.bins.map((bin) => bin.predicted),
        expected.predicted,
      )
      expect(found.error).toBeCloseTo(expected.error, 12)
    }
    expect(brierScore(recorded.actual, scores)).toBeCloseTo(recorded.brier, 12)
  })
})

const rows = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 60 })), {
  minLength: 1,
  maxLength: 300,
})

test('thinned thresholds keep exact counts, both ends and the decision at 0.5', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 4, max: 20 }), (drawn, most) => {
      const actual = drawn.map(([label]) => label)
      const counts = thresholdCounts(
        actual,
        drawn.map(([, score]) => score / 60),
      )
      const thin = thinThresholds(counts, most)
      expect(thin.thresholds.length).toBeLessThanOrEqual(Math.max(most, 3))
      thin.thresholds.forEach((threshold, i) => {
        expect(confusionAtPlace(thin, i)).toEqual(confusionAt(counts, threshold))
      })
      expect(confusionAt(thin, 0.5)).toEqual(confusionAt(counts, 0.5))
      expect(thin.thresholds.at(-1)).toBe(counts.thresholds[counts.thresholds.length - 1])
    }),
  )
})

test('the cheapest threshold costs no more than any other, predicting nothing positive among them', () => {
  const cost = fc.integer({ min: -5, max: 20 })
  const costs = fc.record({
    truePositive: cost,
    falsePositive: cost,
    falseNegative: cost,
    trueNegative: cost,
  })
  fc.assert(
    fc.property(rows, costs, (drawn, matrix) => {
      const counts = thresholdCounts(
        drawn.map(([label]) => label),
        drawn.map(([, score]) => score / 60),
      )
      const best = cheapestThreshold(counts, matrix)
      expect(totalCost(confusionAt(counts, best.threshold), matrix)).toBe(best.cost)
      for (let step = 0; step <= 61; step++) {
        expect(totalCost(confusionAt(counts, step / 60), matrix)).toBeGreaterThanOrEqual(best.cost)
      }
    }),
  )
})

test('with equal costs and every row negative the cheapest threshold admits none', () => {
  const counts = thresholdCounts([0, 0, 0], [0.2, 1, 0.4])
  const best = cheapestThreshold(counts, equalCosts)
  expect(best.cost).toBe(0)
  expect(confusionAt(counts, best.threshold).falsePositives).toBe(0)
})

test('a class that is absent leaves the areas empty rather than NaN', () => {
  const counts = thresholdCounts([0, 0], [0.2, 0.4])
  expect([rocArea(counts), averagePrecision(counts)]).toEqual([null, null])
})
