// How often each rule alarms on windows drawn from the baseline's own distribution, that is with no drift at all.
// Repeats, for our own code, the table that the choice of test rests on (docs/decisions/0011-drift-alarms.md).
import { describe, expect, test } from 'vitest'
import { chiSquareSurvival } from './chi-square.ts'
import { jensenShannon, psi, psiPValue, sharesOf } from './compare-counts.ts'
import { homogeneity } from './homogeneity.ts'
import { multinomial, seededRandom } from './testing/seeded-random.ts'
import { verdict } from './verdict.ts'
import { smallestVisibleShift } from './visible-shift.ts'

const alpha = 0.01
const five = [0.4, 0.3, 0.15, 0.1, 0.05]
const twenty = Array<number>(20).fill(1)
const zipf = Array.from({ length: 50 }, (_, i) => 1 / (i + 1))

/** Share of simulated windows of `n` rows on which `alarms` is true, against baselines of `m` rows. */
function rate(
  weights: readonly number[],
  n: number,
  alarms: (baseline: number[], live: number[]) => boolean,
  { m = 5000, repeats = 3000 } = {},
): number {
  const random = seededRandom(n)
  let count = 0
  for (let i = 0; i < repeats; i++) {
    if (alarms(multinomial(m, weights, random), multinomial(n, weights, random))) count++
  }
  return count / repeats
}

const calibratedPsi = (p: number[], q: number[]) => psiPValue(sharesOf(p, q)) < alpha

describe('with no drift', () => {
  test.each([
    ['5 levels', five, 200],
    ['5 levels', five, 1000],
    ['20 bins', twenty, 200],
    ['20 bins', twenty, 1000],
  ])('calibrated PSI on %s alarms at about its α (%#)', (_, weights, n) => {
    const found = rate(weights, n, calibratedPsi)
    expect(found).toBeGreaterThanOrEqual(0.005)
    expect(found).toBeLessThanOrEqual(0.018)
  })

  test('calibrated PSI on 50 Zipf levels never alarms more often than its α allows', () => {
    expect(rate(zipf, 200, calibratedPsi, { repeats: 1000 })).toBeLessThanOrEqual(0.018)
    expect(rate(zipf, 1000, calibratedPsi, { repeats: 1000 })).toBeLessThanOrEqual(0.018)
  })

  test.each([
    ['5 levels', five],
    ['20 bins', twenty],
    ['50 Zipf levels', zipf],
  ])('homogeneity χ² on %s holds its α in windows of 50 rows', (_, weights) => {
    const found = rate(weights, 50, (p, q) => homogeneity(p, q).pValue < alpha)
    expect(found).toBeGreaterThanOrEqual(0.004)
    expect(found).toBeLessThanOrEqual(0.018)
  })

  test('a χ² goodness-of-fit against a small baseline taken as the truth alarms many times as often', () => {
    const goodnessOfFit = (p: number[], q: number[]) => {
      const m = p.reduce((a, b) => a + b)
      const n = q.reduce((a, b) => a + b)
      let statistic = 0
      for (let i = 0; i < p.length; i++) statistic += (q[i]! - (n * p[i]!) / m) ** 2 / ((n * p[i]!) / m)
      return chiSquareSurvival(statistic, p.length - 1) < alpha
    }
    expect(rate(five, 1000, goodnessOfFit, { m: 500, repeats: 1000 })).toBeGreaterThan(0.2)
    expect(rate(five, 1000, calibratedPsi, { m: 500, repeats: 1000 })).toBeLessThan(0.018)
  })

  test('"PSI ≥ 0.1" and "Jensen–Shannon ≥ 0.1" alone alarm on most small windows', () => {
    expect(rate(twenty, 100, (p, q) => psi(sharesOf(p, q)) >= 0.1, { repeats: 500 })).toBeGreaterThan(0.9)
    expect(rate(zipf, 200, (p, q) => jensenShannon(sharesOf(p, q)) >= 0.1, { repeats: 500 })).toBe(1)
  })

  test.each([50, 100, 200, 1000])(
    'the verdict on %i rows is an alarm or a warning in at most 18 of 1000',
    (n) => {
      const found = rate(twenty, n, (p, q) => {
        const shares = sharesOf(p, q)
        const answer = verdict({
          n,
          psi: psi(shares),
          pValue: psiPValue(shares),
          homogeneityPValue: homogeneity(p, q).pValue,
          visiblePsi: smallestVisibleShift(n, shares.m, shares.p.length).psi,
        })
        return answer === 'alarm' || answer === 'warning'
      })
      expect(found).toBeLessThanOrEqual(0.018)
    },
  )
})

test('a shift as large as the smallest visible one is found about as often as promised', () => {
  const n = 400
  const visible = smallestVisibleShift(n, 5000, 20).psi
  // Tilting 20 even slots by ±t in turn gives PSI = ½ t ln((1 + t) / (1 − t)), near t² for small t.
  const tilt = Math.sqrt(visible)
  const live = twenty.map((_, i) => (i % 2 === 0 ? 1 + tilt : 1 - tilt))
  const random = seededRandom(3)
  let found = 0
  for (let i = 0; i < 1000; i++) {
    if (calibratedPsi(multinomial(5000, twenty, random), multinomial(n, live, random))) found++
  }
  expect(found / 1000).toBeGreaterThan(0.7)
  expect(found / 1000).toBeLessThan(0.9)
})
