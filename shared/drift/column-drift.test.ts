import { expect, test } from 'vitest'
import { driftSchema } from '../contract/monitoring.ts'
import type { BaselineColumn, ColumnCounts } from './baseline.ts'
import { columnDrift, describeDrift } from './column-drift.ts'
import { multinomial, seededRandom } from './testing/seeded-random.ts'

const edges = [0, 10, 20, 30, 40]

/** Counts as the counter makes them, with moments that fit bins of width 10. */
function numeric(counts: number[]): ColumnCounts {
  const finite = counts.slice(0, -2)
  const n = finite.reduce((a, b) => a + b, 0)
  const middle = (i: number) => -5 + 10 * i
  const mean = n === 0 ? 0 : finite.reduce((sum, c, i) => sum + c * middle(i), 0) / n
  const m2 = finite.reduce((sum, c, i) => sum + c * (middle(i) - mean) ** 2, 0)
  const filled = finite.flatMap((c, i) => (c > 0 ? [middle(i)] : []))
  return { counts, n, mean, m2, min: filled[0] ?? null, max: filled.at(-1) ?? null }
}

const category = (counts: number[]): ColumnCounts => ({ counts, n: 0, mean: 0, m2: 0, min: null, max: null })

const age: BaselineColumn = {
  layout: { kind: 'numeric', name: 'age', edges },
  stats: numeric([0, 1200, 1300, 1250, 1250, 0, 0, 0]),
}
const plan: BaselineColumn = {
  layout: { kind: 'categorical', name: 'plan', categories: ['monthly', 'yearly'] },
  stats: category([3000, 2000, 0, 0, 0]),
}

/** Nothing may become NaN or infinite: the contract would refuse it and the picture would be empty. */
function survives(baseline: BaselineColumn, live: ColumnCounts) {
  const drift = columnDrift(baseline, live)
  for (const value of Object.values(drift)) {
    if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
  }
  expect(driftSchema.parse(describeDrift('feature', baseline, live)).slots.every((s) => s.live <= 1)).toBe(
    true,
  )
  return drift
}

test('rows like the baseline are stable', () => {
  const live = multinomial(2000, age.stats.counts, seededRandom(1))
  expect(survives(age, numeric(live))).toMatchObject({ n: 2000, verdict: 'stable' })
})

test('a clear shift is an alarm, a moderate one a warning, a slight but certain one stable', () => {
  expect(survives(age, numeric([0, 50, 100, 250, 600, 0, 0, 0])).verdict).toBe('alarm')
  expect(survives(age, numeric([0, 340, 260, 240, 160, 0, 0, 0])).psi).toBeLessThan(0.1)
  expect(survives(age, numeric([0, 390, 270, 200, 140, 0, 0, 0])).verdict).toBe('warning')
  const slight = survives(age, numeric([0, 26_000, 26_000, 24_000, 24_000, 0, 0, 0]))
  expect(slight.pValue).toBeLessThan(0.01)
  expect(slight.verdict).toBe('stable')
})

test('a window too small for the smallest effect is grey and says what it could see', () => {
  const drift = survives(age, numeric([0, 9, 10, 9, 10, 0, 0, 0]))
  expect(drift.verdict).toBe('too-few')
  expect(drift.note).toMatch(/^n = 38, can see shifts ≥ 0\.\d sd$/)
})

test('a small window in which everything is missing alarms all the same', () => {
  const drift = survives(age, numeric([0, 0, 0, 0, 0, 0, 38, 0]))
  expect(drift.verdict).toBe('alarm')
  expect(drift.missing.rate).toBe(1)
  expect(drift.baselineMissing.rate).toBe(0)
})

test('nothing counted is too few', () => {
  expect(survives(age, numeric([0, 0, 0, 0, 0, 0, 0, 0]))).toMatchObject({
    n: 0,
    psi: 0,
    pValue: 1,
    verdict: 'too-few',
    note: 'n = 0, nothing was counted in this period',
  })
})

test('one row is too few', () => {
  expect(survives(age, numeric([0, 0, 1, 0, 0, 0, 0, 0])).verdict).toBe('too-few')
  expect(survives(plan, category([1, 0, 0, 0, 0])).verdict).toBe('too-few')
})

test('a constant column is stable while it stays constant', () => {
  const constant: BaselineColumn = {
    layout: { kind: 'numeric', name: 'fee', edges: [5, 5] },
    stats: { counts: [0, 5000, 0, 0, 0], n: 5000, mean: 5, m2: 0, min: 5, max: 5 },
  }
  const same: ColumnCounts = { counts: [0, 1000, 0, 0, 0], n: 1000, mean: 5, m2: 0, min: 5, max: 5 }
  expect(survives(constant, same)).toMatchObject({ psi: 0, pValue: 1, verdict: 'stable', wasserstein: 0 })
  const moved: ColumnCounts = { counts: [1000, 0, 0, 0, 0], n: 1000, mean: 4, m2: 0, min: 4, max: 4 }
  expect(survives(constant, moved)).toMatchObject({ verdict: 'alarm', ks: 1 })
})

test('a new category is seen as unseen', () => {
  const drift = survives(plan, category([500, 300, 0, 200, 0]))
  expect(drift.outside).toMatchObject({ rate: 0.2 })
  expect(drift.outside.low).toBeGreaterThan(0.17)
  expect(drift.verdict).toBe('alarm')
})

test('infinite values count as outside the training range', () => {
  const drift = survives(age, numeric([0, 200, 200, 200, 200, 0, 0, 200]))
  expect(drift.outside.rate).toBe(0.2)
  expect(drift.verdict).toBe('alarm')
})

test('the picture names every slot', () => {
  const labels = describeDrift('feature', age, age.stats).slots.map((slot) => slot.label)
  expect(labels).toEqual(['< 0', '0 – 10', '10 – 20', '20 – 30', '30 – 40', '> 40', 'missing', '±∞'])
  const categories = describeDrift('output', plan, plan.stats)
  expect(categories.slots.map((slot) => slot.label)).toEqual([
    'monthly',
    'yearly',
    'other',
    'unseen',
    'missing',
  ])
  expect(categories.slots[0]).toEqual({ label: 'monthly', baseline: 0.6, live: 0.6 })
})

test('counts of another layout are refused with the column named', () => {
  expect(() => columnDrift(age, category([1, 2]))).toThrow(
    expect.objectContaining({ code: 'conflict', message: expect.stringContaining('"age" has 8 slots') }),
  )
})
