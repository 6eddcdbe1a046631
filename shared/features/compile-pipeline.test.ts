/**
 * Expected values recorded from scikit-learn by bench/peers/record-encoders.py.
 * The property test catches any dependence of a row's inputs on the rows beside it, which would be train/serve skew.
 */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../drift/testing/seeded-random.ts'
import { assemblePipeline } from './assemble-pipeline.ts'
import { type Batch, missingCode, unseenCode } from './batch.ts'
import { allocateColumns, gatherRows, sliceRows } from './batch-buffers.ts'
import { compilePipeline } from './compile-pipeline.ts'
import type { Encoder, Pipeline } from './pipeline.ts'
import { randomBatch, randomPipeline } from './testing/random-pipeline.ts'

interface Fixture {
  numeric: {
    train: (number | null)[]
    apply: (number | null)[]
    cases: { impute: string; scale: string; fill: number; expected: number[] }[]
  }
  onehot: { categories: string[]; apply: string[]; expected: number[][] }
  ordinal: { categories: string[]; apply: (string | null)[]; expected: number[] }
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('./fixtures/sklearn-encoders.json', import.meta.url), 'utf8'),
)

function transformed(pipeline: Pipeline, batch: Batch): Float64Array {
  const out = new Float64Array(batch.rows * pipeline.width)
  compilePipeline(pipeline).transform(batch, out)
  return out
}

function single(encoder: Encoder, column: Float64Array | Int32Array): number[] {
  return Array.from(transformed(assemblePipeline([encoder]), { rows: column.length, columns: [column] }))
}

function codes(categories: readonly string[], values: readonly (string | null)[]): Int32Array {
  return Int32Array.from(values, (value) => {
    if (value === null) return missingCode
    const code = categories.indexOf(value)
    return code < 0 ? unseenCode : code
  })
}

test('one by one, batched and shuffled give the same inputs bit for bit', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed)
      const pipeline = randomPipeline(random)
      const batch = randomBatch(random, pipeline, 20)
      const { width } = pipeline
      const whole = transformed(pipeline, batch)
      const order = Int32Array.from({ length: batch.rows }, (_, i) => i).sort(
        (a, b) => ((a * 7919) % 31) - ((b * 7919) % 31),
      )
      const shuffled = transformed(
        pipeline,
        gatherRows(batch, order, 0, batch.rows, allocateColumns(pipeline, batch.rows)),
      )
      const compiled = compilePipeline(pipeline)
      const single = compiled.inputs(batch).slice(0, whole.length)
      for (let at = 0; at < batch.rows; at++) {
        const row = order[at]!
        const expected = whole.slice(row * width, (row + 1) * width)
        expect(shuffled.slice(at * width, (at + 1) * width)).toEqual(expected)
        expect(transformed(pipeline, sliceRows(batch, row, row + 1))).toEqual(expected)
        // The reused buffer still holds the whole batch: nothing of it may shine through.
        expect(compiled.inputs(sliceRows(batch, row, row + 1)).slice(0, width)).toEqual(
          single.slice(row * width, (row + 1) * width),
        )
      }
    }),
  )
})

describe('numbers are imputed and scaled as scikit-learn does', () => {
  const train = fixture.numeric.train
  const apply = Float64Array.from(fixture.numeric.apply, (value) => value ?? Number.NaN)
  for (const { impute, scale, fill, expected } of fixture.numeric.cases) {
    test(`${impute}, ${scale}`, () => {
      const filled = train.map((value) => value ?? fill)
      const mean = filled.reduce((a, b) => a + b, 0) / filled.length
      const deviation = Math.sqrt(filled.reduce((a, b) => a + (b - mean) ** 2, 0) / filled.length)
      const low = Math.min(...filled)
      const scaling = {
        standard: { center: mean, factor: 1 / deviation },
        minmax: { center: low, factor: 1 / (Math.max(...filled) - low) },
        none: { center: 0, factor: 1 },
      }[scale as 'standard' | 'minmax' | 'none']
      const encoder = { kind: 'numeric', name: 'x', impute, fill, scale, ...scaling } as Encoder
      const found = single(encoder, apply)
      for (const [i, value] of expected.entries()) {
        expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(value)))
      }
    })
  }
})

describe('categories are encoded as scikit-learn does', () => {
  test('one-hot, an unknown category is all zeros', () => {
    const { categories, apply, expected } = fixture.onehot
    const found = single(
      { kind: 'onehot', name: 'x', categories, missingInput: false },
      codes(categories, apply),
    )
    expect(found).toEqual(expected.flat())
  })

  test('ordinal, unknown −1 and missing −2', () => {
    const { categories, apply, expected } = fixture.ordinal
    expect(single({ kind: 'ordinal', name: 'x', categories }, codes(categories, apply))).toEqual(expected)
  })
})

test('a missing category gets its own input, or its fill’s', () => {
  const categories = ['a', 'b']
  const values = Int32Array.from([1, missingCode, unseenCode])
  expect(single({ kind: 'onehot', name: 'x', categories, missingInput: true }, values)).toEqual([
    0, 1, 0, 0, 0, 1, 0, 0, 0,
  ])
  expect(single({ kind: 'onehot', name: 'x', categories, missingInput: false, fill: 'a' }, values)).toEqual([
    0, 1, 1, 0, 0, 0,
  ])
  expect(single({ kind: 'ordinal', name: 'x', categories, fill: 'b' }, values)).toEqual([1, 1, -1])
})

test('codes and numbers that are not imputed leave what is missing to the model', () => {
  const values = Int32Array.from([1, missingCode, unseenCode])
  expect(single({ kind: 'codes', name: 'x', categories: ['a', 'b'] }, values)).toEqual([
    1,
    Number.NaN,
    Number.NaN,
  ])
  const none = { impute: 'none', fill: null, scale: 'none', center: 0, factor: 1 } as const
  expect(single({ kind: 'numeric', name: 'x', ...none }, Float64Array.of(3, Number.NaN))).toEqual([
    3,
    Number.NaN,
  ])
})

test('inputs are named after the column and category', () => {
  const pipeline = assemblePipeline([
    { kind: 'onehot', name: 'plan', categories: ['month', 'year'], missingInput: true },
    { kind: 'boolean', name: 'vip', fill: 0 },
  ])
  expect(pipeline.inputs).toEqual(['plan=month', 'plan=year', 'plan is missing', 'vip'])
  expect(pipeline.width).toBe(4)
})
