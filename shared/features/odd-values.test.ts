/**
 * What every encoder makes of odd values, as docs/features.md says: decoded as a request's, then encoded.
 * It catches a value that an encoder takes for another, lets through as NaN, or refuses without naming the column.
 */
import { describe, expect, test } from 'vitest'
import { compileRowDecoder } from '../signature/decode-rows.ts'
import type { SignatureColumn } from '../signature/signature.ts'
import { assemblePipeline } from './assemble-pipeline.ts'
import { compilePipeline } from './compile-pipeline.ts'
import { normalQuantile } from './normal-quantile.ts'
import type { Encoder, EncoderOf } from './pipeline.ts'
import { readingOf } from './reading.ts'
import { encoderKinds } from './testing/random-pipeline.ts'

const absent = Symbol('absent')
const nan = Number.NaN

/** The inputs that one value becomes, or 'refused'. */
function inputsOf(encoder: Encoder, value: unknown, missing = true): number[] | 'refused' {
  const type = readingOf(encoder)
  const sourceType = type === 'numeric' ? 'DOUBLE' : type === 'boolean' ? 'BOOLEAN' : 'VARCHAR'
  const column: SignatureColumn = { name: 'x', sourceType, type, required: !missing, missing }
  const pipeline = assemblePipeline([encoder])
  const target = { name: 'y', sourceType: 'DOUBLE' }
  const decoder = compileRowDecoder({ version: 1, task: 'regression', inputs: [column], target }, pipeline)
  const decoded = decoder.records([value === absent ? {} : { x: value }])
  if (!decoded.ok) {
    expect(decoded.fields).toMatchObject([{ row: 0, column: 'x' }])
    return 'refused'
  }
  const out = new Float64Array(pipeline.width)
  compilePipeline(pipeline).transform(decoded.batch, out)
  return Array.from(out)
}

const name = 'x'
const categories = ['', 'a', 'b']
const numeric: EncoderOf<'numeric'> = {
  kind: 'numeric',
  name,
  impute: 'median',
  fill: 4,
  scale: 'standard',
  center: 2,
  factor: 0.5,
}
const plain = { center: 0, factor: 1 }
const quantile: EncoderOf<'numeric'> = { ...numeric, ...plain, scale: 'quantile', quantiles: [0, 4, 8] }
const bins: EncoderOf<'bins'> = { kind: 'bins', name, fill: 4, edges: [0, 3, 6, 9], output: 'onehot' }
const stamp: EncoderOf<'timestamp'> = {
  kind: 'timestamp',
  name,
  parts: ['year', 'hour'],
  cyclical: false,
  fill: 0,
}
const cyclic: EncoderOf<'timestamp'> = { ...stamp, parts: ['hour'], cyclical: true }
const onehot: EncoderOf<'onehot'> = { kind: 'onehot', name, categories, missingInput: true }
const text: EncoderOf<'text'> = { kind: 'text', name, idf: [1, 1] }
const target: EncoderOf<'target'> = {
  kind: 'target',
  name,
  categories,
  values: [0.1, 0.2, 0.3, 0.4],
  unseen: [0.25],
}
const end = normalQuantile(1e-7)

/** Equal to nine digits; −0 is 0, and NaN is NaN. */
function expectInputs(found: number[] | 'refused', expected: readonly number[]): void {
  if (found === 'refused') throw new Error('the value was refused')
  expect(found).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) {
    if (Number.isNaN(value)) expect(found[i]).toBeNaN()
    else expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)))
  }
}

/** What a missing value becomes, and the smallest and largest number or the unseen and the empty text. */
const numbers: [
  what: string,
  encoder: Encoder,
  missing: number[],
  huge: number[],
  hugeBelow: number[],
  zero: number[],
][] = [
  ['standard', numeric, [1], [5e307], [-5e307], [-1]],
  ['minmax', { ...numeric, scale: 'minmax' }, [1], [5e307], [-5e307], [-1]],
  ['robust', { ...numeric, scale: 'robust' }, [1], [5e307], [-5e307], [-1]],
  ['none', { ...numeric, ...plain, scale: 'none' }, [4], [1e308], [-1e308], [-0]],
  [
    'none, not imputed',
    { ...numeric, ...plain, impute: 'none', fill: null, scale: 'none' },
    [nan],
    [1e308],
    [-1e308],
    [-0],
  ],
  ['quantile, uniform', { ...quantile, distribution: 'uniform' }, [0.5], [1], [0], [0]],
  ['quantile, normal', { ...quantile, distribution: 'normal' }, [0], [-end], [end], [end]],
  ['quantile, not imputed', { ...quantile, impute: 'none', fill: null }, [nan], [1], [0], [0]],
  [
    'log1p',
    { ...numeric, ...plain, scale: 'log1p', least: 1 },
    [Math.log(5)],
    [Math.log(1e308)],
    [Math.log(2)],
    [-0],
  ],
  [
    'yeoJohnson',
    { ...numeric, ...plain, scale: 'yeoJohnson', lambda: 2 },
    [12],
    [1e30],
    [-Math.log1p(1e308)],
    [0],
  ],
  ['bins', bins, [0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 0, 0]],
  ['bins, not imputed', { ...bins, fill: null }, [0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 0, 0]],
  ['bins as an index', { ...bins, output: 'ordinal' }, [1], [2], [0], [0]],
  ['bins as an index, not imputed', { ...bins, output: 'ordinal', fill: null }, [nan], [2], [0], [0]],
]

const texts: [what: string, encoder: Encoder, missing: number[], unseen: number[], empty: number[]][] = [
  ['onehot', onehot, [0, 0, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]],
  [
    'onehot with "other"',
    { ...onehot, rare: ['c'], otherInput: true },
    [0, 0, 0, 0, 1],
    [0, 0, 0, 1, 0],
    [1, 0, 0, 0, 0],
  ],
  [
    'onehot, no value missing in training',
    { ...onehot, missingInput: false },
    [0, 0, 0],
    [0, 0, 0],
    [1, 0, 0],
  ],
  ['onehot with a fill', { ...onehot, missingInput: false, fill: 'b' }, [0, 0, 1], [0, 0, 0], [1, 0, 0]],
  ['ordinal', { kind: 'ordinal', name, categories }, [-2], [-1], [0]],
  ['ordinal with a fill', { kind: 'ordinal', name, categories, fill: 'b' }, [2], [-1], [0]],
  ['native', { kind: 'codes', name, categories }, [nan], [nan], [0]],
  ['hashing', { kind: 'hashing', name, categories: [], width: 2 }, [0, 0], [0, -1], [1, 0]],
  [
    'frequency',
    { kind: 'frequency', name, categories, shares: [0.5, 0.2, 0.1], missing: 0.2 },
    [0.2],
    [0],
    [0.5],
  ],
  ['target', target, [0.4], [0.25], [0.1]],
  [
    'target of classes',
    { ...target, classes: ['p', 'q'], values: [1, 2, 3, 4, 5, 6, 7, 8], unseen: [9, 10] },
    [7, 8],
    [9, 10],
    [1, 2],
  ],
  ['text', text, [0, 0], [0, 1], [0, 0]],
]

const times: [what: string, encoder: Encoder, missing: number[], last: number[]][] = [
  ['timestamp', stamp, [1970, 0], [9999, 23]],
  [
    'timestamp as pairs',
    cyclic,
    [0, 1],
    [Math.sin((2 * Math.PI * 23) / 24), Math.cos((2 * Math.PI * 23) / 24)],
  ],
  ['timestamp, not imputed', { ...stamp, fill: null }, [nan, nan], [9999, 23]],
]

const truths: [what: string, encoder: Encoder, missing: number[]][] = [
  ['boolean', { kind: 'boolean', name, fill: 1 }, [1]],
  ['boolean, not imputed', { kind: 'boolean', name, fill: null }, [nan]],
]

const every = [...numbers, ...texts, ...times, ...truths].map(
  ([what, encoder, missing]): [string, Encoder, number[]] => [what, encoder, missing],
)

test('every kind of encoder is looked at', () => {
  expect(new Set(every.map(([, encoder]) => encoder.kind))).toEqual(new Set(encoderKinds))
})

describe.each(every)('%s', (_what, encoder, missing) => {
  test('null, NaN and no value are one and the same: missing', () => {
    for (const value of [null, nan, absent, undefined]) expectInputs(inputsOf(encoder, value), missing)
  })

  test('a missing value is refused where the signature takes none', () => {
    for (const value of [null, nan, absent]) expect(inputsOf(encoder, value, false)).toBe('refused')
  })

  test('±∞, arrays and objects are refused by name', () => {
    for (const value of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, {}, [], [1]])
      expect(inputsOf(encoder, value)).toBe('refused')
  })
})

// One-hot encoding has an input of its own for missing values instead.
describe.each(every.filter(([, { kind }]) => kind !== 'onehot'))('%s', (_what, encoder, missing) => {
  if (encoder.kind === 'onehot') throw new Error('left out above')
  test('the indicator is 1 for a missing value and 0 for others', () => {
    const marked: Encoder = { ...encoder, indicator: true }
    expectInputs(inputsOf(marked, null), [...missing, 1])
    const present = { numeric: 1, boolean: true, timestamp: 0, categorical: 'never', text: 'never' }
    expect(inputsOf(marked, present[readingOf(encoder)]).at(-1)).toBe(0)
  })
})

describe.each(numbers)('%s', (_what, encoder, _missing, huge, hugeBelow, zero) => {
  test('huge numbers of either sign, and −0', () => {
    expectInputs(inputsOf(encoder, 1e308), huge)
    expectInputs(inputsOf(encoder, -1e308), hugeBelow)
    expectInputs(inputsOf(encoder, -0), zero)
  })
  test('text, be it a number’s, the empty one, and truth values are refused', () => {
    for (const value of ['', '5', 'abc', true]) expect(inputsOf(encoder, value)).toBe('refused')
  })
})

describe.each(texts)('%s', (_what, encoder, _missing, unseen, empty) => {
  test('an unseen text and the empty one, which is a text like others', () => {
    expectInputs(inputsOf(encoder, 'never'), unseen)
    expectInputs(inputsOf(encoder, ''), empty)
    expect(inputsOf(encoder, '__proto__')).toHaveLength(empty.length)
  })
  test('numbers and truth values are refused where training had text', () => {
    for (const value of [5, -0, 1e308, true]) expect(inputsOf(encoder, value)).toBe('refused')
  })
})

describe.each(times)('%s', (_what, encoder, _missing, last) => {
  test('the last moment of ISO 8601, and what is no moment', () => {
    expectInputs(inputsOf(encoder, '9999-12-31T23:59:59Z'), last)
    for (const value of ['', 'abc', '2024-13-01', true, 1e308, -1e308, 8.64e15 + 1])
      expect(inputsOf(encoder, value)).toBe('refused')
    expect(inputsOf(encoder, -0)).toEqual(inputsOf(encoder, '1970-01-01'))
  })
})

describe.each(truths)('%s', (_what, encoder) => {
  test('0 and 1 are truth values; other numbers and text are refused', () => {
    expectInputs(inputsOf(encoder, 1), [1])
    expectInputs(inputsOf(encoder, -0), [0])
    for (const value of [2, 1e308, '', 'true', 'abc']) expect(inputsOf(encoder, value)).toBe('refused')
  })
})
