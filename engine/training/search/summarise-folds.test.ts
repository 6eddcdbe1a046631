import { expect, it } from 'vitest'
import { summariseFolds } from './summarise-folds.ts'

const rows = { train: 90, validation: 10, test: 50 }

it('an interval over folds is as wide as shared training rows ask for', () => {
  const folds = [0.5, 0.6, 0.7].map((accuracy) => ({ rows, metrics: { accuracy } }))
  const { mean, sd, low, high } = summariseFolds(folds).accuracy ?? { mean: 0, sd: 0, low: 0, high: 0 }
  expect([mean, sd]).toEqual([expect.closeTo(0.6, 12), expect.closeTo(0.1, 12)])
  // scipy.stats.t.ppf(0.975, 2) = 4.302652729749464, times 0.1 × √(1/3 + 1/2).
  const half = 4.302652729749464 * 0.1 * Math.sqrt(5 / 6)
  expect([low, high]).toEqual([expect.closeTo(0.6 - half, 9), expect.closeTo(0.6 + half, 9)])
})

it('an interval over folds ends where the metric does', () => {
  const folds = [0.1, 0.9].map((value) => ({
    rows,
    metrics: { precision: value, rmse: value, r2: value },
  }))
  const { precision, rmse, r2 } = summariseFolds(folds)
  expect(precision).toMatchObject({ low: 0, high: 1 })
  expect(rmse?.low).toBe(0)
  expect(rmse?.high).toBeGreaterThan(1)
  expect(r2?.high).toBe(1)
  expect(r2?.low).toBeLessThan(0)
})
