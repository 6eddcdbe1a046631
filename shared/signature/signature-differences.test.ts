import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Constraints } from './constraints.ts'
import { limitsOf, numberKeeps, textKeeps } from './limits.ts'
import type { Signature, SignatureColumn } from './signature.ts'
import { signatureDifferences } from './signature-differences.ts'

const column = (
  name: string,
  type: SignatureColumn['type'],
  constraints?: Constraints,
  rest: Partial<SignatureColumn> = {},
): SignatureColumn => ({
  name,
  type,
  sourceType: 'VARCHAR',
  required: true,
  missing: false,
  ...(constraints ? { constraints } : {}),
  ...rest,
})
const signature = (...inputs: SignatureColumn[]): Signature => ({
  version: 1,
  task: 'binary',
  inputs,
  target: { name: 'churn', sourceType: 'VARCHAR', classes: ['No', 'Yes'] },
})

describe('a version that stands for another', () => {
  it.each<[string, SignatureColumn, SignatureColumn, string[]]>([
    [
      'must take every number',
      column('age', 'numeric', { min: 0, max: 120 }),
      column('age', 'numeric', { min: 18, max: 120 }),
      ['"age" takes a number from 18 to 120 there and a number from 0 to 120 here'],
    ],
    [
      'must not begin to refuse',
      column('age', 'numeric'),
      column('age', 'numeric', { integer: true }),
      ['"age" takes a whole number there and any number here'],
    ],
    [
      'may demand less',
      column('age', 'numeric', { min: 0, integer: true }),
      column('age', 'numeric', { min: -1 }),
      [],
    ],
    [
      'must take every category',
      column('plan', 'categorical', { values: ['a', 'b'] }),
      column('plan', 'categorical', { values: ['a'] }),
      ['"plan" takes one of "a" there and one of "a", "b" here'],
    ],
    [
      'may take more categories',
      column('plan', 'categorical', { values: ['a'] }),
      column('plan', 'categorical', { values: ['a', 'b'] }),
      [],
    ],
    [
      'may check by a pattern what was listed',
      column('plan', 'categorical', { values: ['a1', 'b2'] }),
      column('plan', 'categorical', { pattern: '[ab]\\d' }),
      [],
    ],
    [
      'must take text of the same pattern',
      column('code', 'text', { pattern: '\\d+' }),
      column('code', 'text', { pattern: '\\d{4}' }),
      ['"code" takes a string that matches \\d{4} there and a string that matches \\d+ here'],
    ],
    [
      'must take every time',
      column('at', 'timestamp', { min: '2020-01-01' }),
      column('at', 'timestamp', { min: '2021-01-01' }),
      ['"at" takes a time from 2021-01-01 on there and a time from 2020-01-01 on here'],
    ],
    [
      'may have seen other values in training',
      column('plan', 'categorical', undefined, { values: ['a'] }),
      column('plan', 'categorical', undefined, { values: ['b'] }),
      [],
    ],
    [
      'must read the same type',
      column('code', 'text'),
      column('code', 'timestamp'),
      ['"code" is timestamp there and text here'],
    ],
  ])('%s', (_what, current, next, differences) => {
    expect(signatureDifferences(signature(current), signature(next))).toEqual(differences)
  })

  it('needs no column, and refuses no missing value, that was not needed', () => {
    const [x, y] = [
      column('x', 'numeric', undefined, { missing: true, required: false }),
      column('y', 'numeric'),
    ]
    expect(signatureDifferences(signature(x), signature(column('x', 'numeric'), y))).toEqual([
      '"x" must be in every row there, and not here',
      '"x" may not be missing there, and may here',
      'it needs a column "y", which requests do not carry',
    ])
    expect(signatureDifferences(signature(x, y), signature(x))).toEqual([])
  })

  it('takes every value that is taken here, whatever the constraints', () => {
    const limit = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined })
    const numbers = fc.record({ min: limit, max: limit, integer: fc.boolean() }).map(
      ({ min = -3, max = 3, integer }): Constraints => ({
        min: Math.min(min, max),
        max: Math.max(min, max),
        integer,
      }),
    )
    const words = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'aa'), { minLength: 1 })
    const texts = fc.oneof(
      words.map((values): Constraints => ({ values })),
      fc.constantFrom('a+', '[ab]', '.*').map((pattern): Constraints => ({ pattern })),
      fc.constant({}),
    )
    fc.assert(
      fc.property(numbers, numbers, texts, texts, (n1, n2, t1, t2) => {
        const [a, b] = [column('n', 'numeric', n1), column('n', 'numeric', n2)]
        const [s, t] = [column('t', 'categorical', t1), column('t', 'categorical', t2)]
        const keeps = (of: SignatureColumn, value: number | string) => {
          const limits = limitsOf(of)
          if (limits === null) return true
          return typeof value === 'number' ? numberKeeps(limits, value) : textKeeps(limits, value)
        }
        const values = [-3.5, -3, -2, -1.5, -1, 0, 0.5, 1, 2, 2.5, 3, 4]
        const found = values.filter((value) => keeps(a, value) && !keeps(b, value))
        if (found.length > 0) expect(signatureDifferences(signature(a), signature(b))).toHaveLength(1)
        const lost = ['a', 'b', 'c', 'aa', 'z'].filter((value) => keeps(s, value) && !keeps(t, value))
        if (lost.length > 0) expect(signatureDifferences(signature(s), signature(t))).toHaveLength(1)
        expect(signatureDifferences(signature(a, s), signature(a, s))).toEqual([])
      }),
    )
  })
})
