import { expect, test } from 'vitest'
import type { Coefficient } from '../../../../shared/models/coefficients.ts'
import { rankCoefficients } from './rank-coefficients.ts'

function one(
  input: string | null,
  estimate: number,
  statistic: number | null,
  more: Partial<Coefficient> = {},
) {
  return {
    input,
    column: input,
    class: null,
    estimate,
    perUnit: null,
    standardError: statistic === null ? null : 1,
    statistic,
    pValue: null,
    low: null,
    high: null,
    reference: false,
    ...more,
  }
}

const all = [
  one(null, 3, 1),
  one('tenure', -0.2, -9),
  one('contract=One year', 4, 2),
  one('contract=Month to month', 0, null, { reference: true }),
  one('charges', 1, 3),
]
const names = (rows: Coefficient[]) => rows.map((row) => row.input)

test('the strongest come first, after the intercept and before the references', () => {
  expect(names(rankCoefficients(all, null, ''))).toEqual([
    null,
    'tenure',
    'charges',
    'contract=One year',
    'contract=Month to month',
  ])
})

test('the filter takes every word, in any case', () => {
  expect(names(rankCoefficients(all, null, 'year CONTRACT'))).toEqual(['contract=One year'])
  expect(names(rankCoefficients(all, null, 'intercept'))).toEqual([null])
})

test('without standard errors the size ranks, and each class has its own', () => {
  const some = [
    one('a', 1, null, { class: 'x' }),
    one('b', -2, null, { class: 'x' }),
    one('c', 5, null, { class: 'y' }),
  ]
  expect(names(rankCoefficients(some, 'x', ''))).toEqual(['b', 'a'])
})
