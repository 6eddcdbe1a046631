/** The property test catches a difference between the ways rows arrive: the same values must give the same batch. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assemblePipeline } from '../features/assemble-pipeline.ts'
import { compileRowDecoder, type DecodedRows } from './decode-rows.ts'
import type { Signature } from './signature.ts'

const pipeline = assemblePipeline([
  { kind: 'numeric', name: 'age', impute: 'median', fill: 40, scale: 'none', center: 0, factor: 1 },
  { kind: 'onehot', name: 'zip', categories: ['001', '1'], missingInput: true },
  { kind: 'ordinal', name: 'size', categories: ['1', '2'] },
  { kind: 'boolean', name: 'vip', fill: 0 },
  { kind: 'numeric', name: 'constructor', impute: 'mean', fill: 0, scale: 'none', center: 0, factor: 1 },
])
const signature: Signature = {
  version: 1,
  task: 'regression',
  inputs: [
    { name: 'age', type: 'numeric', sourceType: 'DOUBLE', required: true, missing: false },
    { name: 'zip', type: 'categorical', sourceType: 'VARCHAR', required: false, missing: true },
    { name: 'size', type: 'categorical', sourceType: 'INTEGER', required: true, missing: false },
    { name: 'vip', type: 'boolean', sourceType: 'BOOLEAN', required: true, missing: false },
    { name: 'constructor', type: 'numeric', sourceType: 'DOUBLE', required: false, missing: true },
  ],
  target: { name: 'y', sourceType: 'DOUBLE' },
}
const good = { age: 31.5, zip: '001', size: 2, vip: true, constructor: 4 }
const decoder = compileRowDecoder(signature, pipeline)
const cells = compileRowDecoder(signature, pipeline, { text: true })

function columns(decoded: DecodedRows): number[][] {
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.fields))
  return decoded.batch.columns.map((column) => Array.from(column.subarray(0, decoded.batch.rows)))
}

function fields(decoded: DecodedRows) {
  if (decoded.ok) throw new Error('The rows were accepted.')
  return decoded.fields
}

test('a row becomes numbers, category codes and truth values; extra columns are ignored', () => {
  expect(columns(decoder.records([{ ...good, extra: { deep: 1 } }]))).toEqual([[31.5], [0], [1], [1], [4]])
})

test('"001" and "1" are different categories, and a category never seen is unseen', () => {
  const rows = ['001', '1', '01'].map((zip) => ({ ...good, zip }))
  expect(columns(decoder.records(rows))[1]).toEqual([0, 1, -2])
})

describe('a value that does not fit is refused by row and column', () => {
  const cases: [string, object, string, string][] = [
    ['text for a number', { age: '31' }, 'a finite number', 'the string "31"'],
    ['an infinite number', { age: Number.POSITIVE_INFINITY }, 'a finite number', 'the number Infinity'],
    ['null where none was in training', { age: null }, 'a finite number', 'null'],
    ['NaN where nothing was missing in training', { age: Number.NaN }, 'a finite number', 'null'],
    ['a truth value for a number', { age: true }, 'a finite number', 'true'],
    ['a number for text', { zip: 1 }, 'a string or null', 'the number 1'],
    ['an array', { size: [1] }, 'a string', 'an array'],
    ['an object for an optional number', { constructor: {} }, 'a finite number or null', 'an object'],
    ['2 for a truth value', { vip: 2 }, 'true or false', 'the number 2'],
    ['text for a truth value', { vip: 'true' }, 'true or false', 'the string "true"'],
  ]
  for (const [name, change, expected, found] of cases) {
    test(name, () => {
      const column = Object.keys(change)[0]
      expect(fields(decoder.records([good, { ...good, ...change }]))).toEqual([
        { row: 1, column, expected, found },
      ])
    })
  }
})

test('an absent column is refused only where it is required, even one named like an inherited property', () => {
  expect(columns(decoder.records([{ age: 1, size: '1', vip: 0 }]))).toEqual([
    [1],
    [-1],
    [0],
    [0],
    [Number.NaN],
  ])
  expect(fields(decoder.records([{}])).map((field) => `${field.column}: ${field.found}`)).toEqual([
    'age: nothing',
    'size: nothing',
    'vip: nothing',
  ])
})

test('a row that is no object, or of the wrong length, is refused as a whole', () => {
  expect(fields(decoder.records([5]))[0]).toMatchObject({ row: 0, column: '', found: 'the number 5' })
  expect(fields(decoder.table(['age', 'zip'], [[1]]))[0]).toMatchObject({ found: '1 values' })
  expect(fields(decoder.table(['age', 'age'], []))[0]).toMatchObject({ column: 'age', found: 'several' })
  expect(fields(decoder.columns({ ...asColumns([good]), age: [1, 2] }, 1))[0]).toMatchObject({
    column: 'age',
  })
})

test('errors are counted out at the limit', () => {
  const few = compileRowDecoder(signature, pipeline, { maxErrors: 3 })
  expect(fields(few.records(Array.from({ length: 50 }, () => ({}))))).toHaveLength(3)
})

test('text cells are parsed, and an empty one is missing', () => {
  const rows = [
    { age: ' 1.5e1 ', zip: '', size: '2', vip: 'TRUE', constructor: '' },
    { age: '-.5', zip: '001', size: '9', vip: '0', constructor: 'nan' },
  ]
  expect(columns(cells.records(rows))).toEqual([
    [15, -0.5],
    [-1, 0],
    [1, -2],
    [1, 0],
    [Number.NaN, Number.NaN],
  ])
  expect(fields(cells.records([{ ...rows[0], age: '' }]))[0]).toMatchObject({ found: 'an empty cell' })
  for (const age of ['0x10', 'Infinity', '1e999', '12 apples', '1,5']) {
    expect(fields(cells.records([{ ...rows[0], age }]))[0]).toMatchObject({ column: 'age' })
  }
})

function asColumns(rows: readonly object[]): Record<string, unknown[]> {
  return Object.fromEntries(
    signature.inputs.map(({ name }) => [name, rows.map((row) => (row as Record<string, unknown>)[name])]),
  )
}

test('objects, a table and columns of the same values give the same batch', () => {
  const row = fc.record({
    age: fc.double({ noNaN: true, noDefaultInfinity: true }),
    zip: fc.constantFrom('001', '1', 'x', null),
    size: fc.constantFrom(1, 2, '1', 3),
    vip: fc.constantFrom(true, false, 0, 1),
    constructor: fc.constantFrom(1, null, Number.NaN),
  })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const names = signature.inputs.map((input) => input.name).reverse()
      const byObject = columns(decoder.records(rows))
      const data = rows.map((one) => names.map((name) => (one as Record<string, unknown>)[name]))
      expect(columns(decoder.table(names, data))).toEqual(byObject)
      expect(columns(decoder.columns(asColumns(rows), rows.length))).toEqual(byObject)
    }),
  )
})

test('places among categories and numbers as they lie give what their values give', () => {
  const texts = fc.constantFrom('001', '1', '01', 'other', null)
  const numbers = fc.constantFrom(0, -0, 31.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY)
  fc.assert(
    fc.property(fc.array(fc.record({ zip: texts, constructor: numbers, age: numbers })), (rows) => {
      // The caller's categories stand in an order of their own, and it may know more of them.
      const categories = ['1', 'x', '001']
      const zips = rows.map(({ zip }) => zip)
      const codes = Int32Array.from(zips, (zip) => (zip === null ? -1 : categories.indexOf(zip)))
      const others = zips.map((zip, i) => (codes[i] === -1 ? zip : null))
      const rest = { size: rows.map(() => 2), vip: rows.map(() => true) }
      const lists = {
        ...rest,
        age: rows.map(({ age }) => age),
        constructor: rows.map((row) => row.constructor),
      }
      const arrays = {
        ...rest,
        age: Float64Array.from(lists.age),
        constructor: Float64Array.from(lists.constructor),
      }
      const plain = structuredClone(decoder.columns({ ...lists, zip: zips }, rows.length))
      const zip = { length: rows.length, codes, categories, texts: others }
      const coded = decoder.columns(arrays, rows.length, { zip })
      expect(coded.ok).toBe(plain.ok)
      if (!coded.ok) expect(coded.fields).toEqual(fields(plain))
      else expect(columns(coded)).toEqual(columns(plain))
    }),
  )
})

test('a time is the same millisecond however a request writes it, before 1970 too', () => {
  const at = {
    name: 'at',
    type: 'timestamp',
    sourceType: 'TIMESTAMP',
    required: true,
    missing: false,
  } as const
  const times = compileRowDecoder(
    { ...signature, inputs: [at] },
    assemblePipeline([{ kind: 'timestamp', name: 'at', fill: 0, parts: ['epoch'], cyclical: false }]),
  )
  const written = ['1969-12-31 23:59:59.999999', '1969-12-31T23:59:59.999Z', -0.001, -1, new Date(-1), -1n]
  expect(columns(times.records(written.map((value) => ({ at: value }))))).toEqual([[-1, -1, -1, -1, -1, -1]])
  expect(columns(times.columns({ at: new Float64Array([-0.001, 0.999]) }, 2))).toEqual([[-1, 0]])
})
