/** What one feature alone says of the target: figures that can be worked out by hand. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../seeded-random.ts'
import { columnStrength } from './column-strength.ts'
import { rankArea } from './rank-area.ts'

const rows = 400
const column = (value: (r: number) => number, target: (r: number) => number, ordered = true) => ({
  values: Float64Array.from({ length: rows }, (_, r) => value(r)),
  target: Float64Array.from({ length: rows }, (_, r) => target(r)),
  trained: Float64Array.from({ length: rows }, (_, r) => (r % 4 === 3 ? 0 : 1)),
  ordered,
})
const random = seededRandom(3)
const noise = Array.from({ length: rows }, random)
const half = (r: number) => (r % 10 < 5 ? 1 : 0)

test('the rank area is the share of pairs in the right order, ties counting half', () => {
  const scores = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(scores, scores, (low, high) => {
      const pairs = low.flatMap((a) => high.map((b): number => (a < b ? 1 : a === b ? 0.5 : 0)))
      const area = rankArea(Float64Array.from(low).sort(), Float64Array.from(high).sort())
      expect(area).toBeCloseTo(pairs.reduce((sum, one) => sum + one, 0) / pairs.length, 12)
    }),
    { numRuns: 50 },
  )
})

test('nothing can be said without rows to learn from or to check on', () => {
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    for (const part of [0, 1]) {
      const one = { ...column((r) => noise[r]!, half), trained: new Float64Array(rows).fill(part) }
      expect(columnStrength(one, task)).toBe(null)
    }
  }
})

describe('of two classes, the AUC', () => {
  test('is 1 for the answer, its opposite, and where the value is missing with it', () => {
    for (const value of [half, (r: number) => 3 - half(r), (r: number) => (half(r) ? Number.NaN : r)]) {
      expect(columnStrength(column(value, half), 'binary')).toBe(1)
      expect(columnStrength(column(value, half, false), 'binary')).toBeGreaterThan(0.7)
    }
  })
  test('is near a half for what has nothing to do with it, and a half for a constant', () => {
    expect(
      columnStrength(
        column((r) => noise[r]!, half),
        'binary',
      ),
    ).toBeLessThan(0.65)
    expect(
      columnStrength(
        column(() => 4, half),
        'binary',
      ),
    ).toBe(0.5)
  })
  test('takes the order of a rare class, which no bin holds by itself', () => {
    const rare = (r: number) => (r >= 396 ? 1 : 0)
    expect(
      columnStrength(
        column((r) => r, rare),
        'binary',
      ),
    ).toBe(1)
  })
})

test('of more classes, the share of the errors of the most frequent class that are avoided', () => {
  const three = (r: number) => (r % 10 < 5 ? 0 : r % 10 < 8 ? 1 : 2)
  expect(columnStrength(column(three, three, false), 'multiclass')).toBe(1)
  // Tells class 1 from the others: of the rows checked, two in five are of it, two of class 0 and one of class 2.
  const oneOfThem = (r: number) => (three(r) === 1 ? 7 : 8)
  expect(columnStrength(column(oneOfThem, three, false), 'multiclass')).toBeCloseTo(2 / 3, 12)
  expect(
    columnStrength(
      column(() => 1, three, false),
      'multiclass',
    ),
  ).toBe(0)
})

test('of a number, R² by the better of the bins and a line', () => {
  expect(
    columnStrength(
      column(
        (r) => 1e12 + r,
        (r) => 5 - 2 * r,
      ),
      'regression',
    ),
  ).toBeCloseTo(1, 9)
  expect(
    columnStrength(
      column(
        (r) => r - 200,
        (r) => (r - 200) ** 2,
      ),
      'regression',
    ),
  ).toBeGreaterThan(0.99)
  expect(
    columnStrength(
      column(
        (r) => noise[r]!,
        (r) => r,
      ),
      'regression',
    ),
  ).toBeLessThan(0.3)
})

test('is not said where too few rows can tell, or the target does not differ', () => {
  const { values, target } = column((r) => r, half)
  const few = { values, target, trained: new Float64Array(rows).fill(1).fill(0, 0, 9), ordered: true }
  expect(columnStrength(few, 'binary')).toBeNull()
  expect(
    columnStrength(
      column(
        (r) => r,
        () => 3,
      ),
      'regression',
    ),
  ).toBeNull()
  expect(
    columnStrength(
      column(
        (r) => r,
        () => 0,
      ),
      'multiclass',
    ),
  ).toBeNull()
  expect(
    columnStrength(
      column(
        (r) => r,
        () => 0,
      ),
      'binary',
    ),
  ).toBeNull()
})
