// Values recorded from scipy by bench/peers/record-drift.py.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chiSquareQuantile, chiSquareSurvival, noncentralChiSquareSurvival } from './chi-square.ts'
import { hellinger, jensenShannon, lInfinity, psi, psiPValue, sharesOf } from './compare-counts.ts'
import { ksDistance, wassersteinNormed } from './edge-distances.ts'
import { homogeneity } from './homogeneity.ts'
import { smallestVisibleShift } from './visible-shift.ts'
import { wilson } from './wilson.ts'

interface Fixture {
  chiSquare: { x: number; df: number; sf: number }[]
  chiSquareQuantile: { alpha: number; df: number; x: number }[]
  noncentral: { x: number; df: number; lambda: number; sf: number }[]
  wilson: { k: number; n: number; low: number; high: number }[]
  pairs: {
    name: string
    baseline: number[]
    live: number[]
    psi: number
    jensenShannon: number
    hellinger: number
    lInfinity: number
  }[]
  homogeneity: { baseline: number[]; live: number[]; statistic: number; df: number; p: number }[]
  edgeDistances: { edges: number[]; baseline: number[]; live: number[]; wasserstein: number; ks: number }
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('./fixtures/scipy-drift.json', import.meta.url), 'utf8'),
)

const close = (found: number, expected: number, relative = 1e-9) =>
  expect(Math.abs(found - expected), `${found} against ${expected}`).toBeLessThanOrEqual(
    relative * Math.abs(expected) + 1e-13,
  )

test('the χ² survival function is that of scipy', () => {
  for (const { x, df, sf } of fixture.chiSquare) close(chiSquareSurvival(x, df), sf)
})

test('χ² quantiles are those of scipy', () => {
  for (const { alpha, df, x } of fixture.chiSquareQuantile) close(chiSquareQuantile(alpha, df), x)
})

test('the noncentral χ² survival function is that of scipy', () => {
  for (const { x, df, lambda, sf } of fixture.noncentral)
    close(noncentralChiSquareSurvival(x, df, lambda), sf)
})

test('Wilson intervals are those of scipy', () => {
  for (const { k, n, low, high } of fixture.wilson) {
    close(wilson(k, n).low, low)
    close(wilson(k, n).high, high)
  }
  expect(wilson(0, 0)).toEqual({ rate: 0, low: 0, high: 1 })
})

test.each(fixture.pairs)('PSI, Jensen–Shannon, Hellinger and L∞ are those of scipy: $name', (pair) => {
  const shares = sharesOf(pair.baseline, pair.live)
  close(psi(shares), pair.psi)
  close(jensenShannon(shares), pair.jensenShannon)
  close(hellinger(shares), pair.hellinger)
  close(lInfinity(shares), pair.lInfinity)
})

test('χ² homogeneity is that of scipy', () => {
  for (const { baseline, live, statistic, df, p } of fixture.homogeneity) {
    const found = homogeneity(baseline, live)
    close(found.statistic, statistic)
    expect(found.df).toBe(df)
    close(found.pValue, p)
  }
})

test('χ² homogeneity pools neighbouring cells that expect fewer than five rows', () => {
  // 40 of 440 rows are live: a cell needs 55 rows of both sides together.
  expect(homogeneity([20, 20, 20, 340], [2, 2, 2, 34]).df).toBe(1)
  expect(homogeneity([20, 20, 20, 340], [2, 2, 2, 34]).statistic).toBeCloseTo(0, 12)
})

test('Wasserstein and Kolmogorov–Smirnov on bins are those of rows spread evenly within the bins', () => {
  const { edges, baseline, live, wasserstein, ks } = fixture.edgeDistances
  const column = (counts: number[]) => ({
    counts: [0, ...counts, 0, 0, 0],
    n: 100,
    mean: 0,
    m2: 99,
    min: -2,
    max: 3,
  })
  close(wassersteinNormed(edges, column(baseline), column(live)), wasserstein, 1e-6)
  close(ksDistance(edges, column(baseline), column(live)), ks)
})

test('Wasserstein is in standard deviations and reaches beyond the outermost edges', () => {
  const base = { counts: [0, 100, 0, 0, 0], n: 100, mean: 0.5, m2: 99 * 4, min: 0, max: 1 }
  const beyond = { counts: [0, 0, 100, 0, 0], n: 100, mean: 2.5, m2: 8, min: 2, max: 4 }
  // Mass spread over [0, 1] against mass spread over [1, 4]: means 0.5 and 2.5, sd of the baseline 2.
  expect(wassersteinNormed([0, 1], base, beyond)).toBeCloseTo(1, 9)
  expect(ksDistance([0, 1], base, beyond)).toBe(1)
})

const counts = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 30 })

test('every statistic is zero between equal counts, finite, and the same both ways round', () => {
  fc.assert(
    fc.property(
      counts.chain((a) =>
        fc.tuple(fc.constant(a), fc.array(fc.nat(500), { minLength: a.length, maxLength: a.length })),
      ),
      ([a, b]) => {
        for (const statistic of [psi, jensenShannon, hellinger, lInfinity]) {
          expect(statistic(sharesOf(a, a))).toBeCloseTo(0, 12)
          const forth = statistic(sharesOf(a, b))
          expect(Number.isFinite(forth) && forth >= 0).toBe(true)
          expect(statistic(sharesOf(b, a))).toBeCloseTo(forth, 10)
        }
        expect(homogeneity(a, b).pValue).toBeCloseTo(homogeneity(b, a).pValue, 10)
        const p = psiPValue(sharesOf(a, b))
        expect(p >= 0 && p <= 1).toBe(true)
      },
    ),
  )
})

test('slots that are empty on both sides change nothing', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const length = Math.min(a.length, b.length)
      const p = a.slice(0, length)
      const q = b.slice(0, length)
      expect(psi(sharesOf([...p, 0, 0], [...q, 0, 0]))).toBe(psi(sharesOf(p, q)))
      expect(psiPValue(sharesOf([0, ...p], [0, ...q]))).toBe(psiPValue(sharesOf(p, q)))
    }),
  )
})

test('the smallest visible shift falls with the square root of the rows', () => {
  const small = smallestVisibleShift(38, 5000, 20)
  expect(small.sd).toBeGreaterThan(0.7)
  expect(small.sd).toBeLessThan(1)
  const large = smallestVisibleShift(3800, 500_000, 20)
  expect(small.sd / large.sd).toBeCloseTo(10, 4)
  expect(smallestVisibleShift(0, 5000, 20).psi).toBe(Number.POSITIVE_INFINITY)
})

test('counts of different lengths are refused', () => {
  expect(() => sharesOf([1, 2], [1, 2, 3])).toThrow('2 and 3 slots')
})
