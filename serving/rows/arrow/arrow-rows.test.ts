/** The property test catches a difference between what a client's Arrow library writes and what is read here. */
import {
  bool,
  dictionary,
  float32,
  float64,
  int16,
  int32,
  int64,
  largeUtf8,
  tableFromArrays,
  tableToIPC,
  utf8,
} from '@uwdata/flechette'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Signature } from '../../../shared/signature/signature.ts'
import { Refusal } from '../../http/refusal.ts'
import { arrowRows } from './arrow-rows.ts'

const input = (name: string, type: 'numeric' | 'categorical' | 'boolean') => ({
  name,
  type,
  sourceType: 'x',
  required: true,
  missing: true,
})
const signature: Signature = {
  version: 1,
  task: 'regression',
  inputs: [input('a', 'numeric'), input('b', 'categorical'), input('c', 'boolean')],
  target: { name: 'y', sourceType: 'DOUBLE' },
}

const columns = (bytes: Uint8Array) => {
  const rows = arrowRows(bytes, signature, 10_000)
  if (rows.kind !== 'columns') throw new Error('Arrow rows are columns.')
  return Object.fromEntries(Object.entries(rows.columns).map(([name, values]) => [name, Array.from(values)]))
}

describe('Arrow rows', () => {
  it('reads numbers, text, truth values and nulls of every width, in streams and files of several batches', () => {
    const types = {
      a: fc.constantFrom(float64, float32, int16, int32, int64),
      b: fc.constantFrom(utf8, largeUtf8, () => dictionary(utf8(), int32())),
    }
    const row = fc.record({
      a: fc.option(fc.integer({ min: -30_000, max: 30_000 }), { freq: 4 }),
      b: fc.option(fc.string({ unit: 'grapheme', maxLength: 6 }), { freq: 4 }),
      c: fc.option(fc.boolean(), { freq: 4 }),
      more: fc.float({ noNaN: true }),
    })
    const rows = fc.array(row, { minLength: 1, maxLength: 30 })
    const format = fc.constantFrom('stream', 'file')
    fc.assert(
      fc.property(rows, types.a, types.b, format, fc.nat(20), (values, a, b, form, batch) => {
        const data = {
          more: values.map((one) => one.more),
          a: values.map((one) => one.a),
          b: values.map((one) => one.b),
          c: values.map((one) => one.c),
        }
        const table = tableFromArrays(data, {
          types: { more: float64(), a: a(), b: b(), c: bool() },
          maxBatchRows: batch + 1,
        })
        const bytes = tableToIPC(table, { format: form === 'file' ? 'file' : 'stream' })
        // As in a request: somewhere in a larger buffer, at any alignment.
        const body = Buffer.concat([Buffer.alloc(3), Buffer.from(bytes ?? [])]).subarray(3)
        const { more: _, ...expected } = data
        expect(columns(body)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses what is cut off or has too many rows, and says so', () => {
    const table = tableFromArrays({ a: [1, 2], b: ['x', 'y'], c: [true, false] })
    const bytes = tableToIPC(table, { format: 'stream' }) ?? new Uint8Array()
    expect(() => arrowRows(bytes, signature, 1)).toThrow('over 1 rows')
    expect(() => arrowRows(bytes.subarray(0, bytes.length - 60), signature, 9)).toThrow(
      'ends beyond the bytes',
    )
    expect(() => arrowRows(Buffer.from('a,b,c\n1,2,3\n'), signature, 9)).toThrow(Refusal)
  })

  it('refuses any changed byte or reads it as a value: it never fails otherwise', () => {
    const table = tableFromArrays(
      { a: [1, null, 3], b: ['x', 'yy', null], c: [true, false, null] },
      { types: { a: float64(), b: dictionary(utf8(), int32()), c: bool() } },
    )
    const bytes = Buffer.from(tableToIPC(table, { format: 'stream' }) ?? [])
    let refused = 0
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 1, 127, 128, 255]) {
        const changed = Buffer.from(bytes)
        changed[at] = value
        try {
          arrowRows(changed, signature, 100)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
          refused++
        }
      }
    }
    expect(refused).toBeGreaterThan(100)
  })
})

it('a column may be called like what every object inherits', () => {
  const odd = { ...signature, inputs: [input('__proto__', 'numeric'), input('constructor', 'categorical')] }
  const body = tableToIPC(
    tableFromArrays(
      [
        ['__proto__', [1, 2]],
        ['constructor', ['x', 'y']],
      ],
      {
        types: Object.fromEntries([
          ['__proto__', float64()],
          ['constructor', utf8()],
        ]),
      },
    ),
    { format: 'stream' },
  )
  const rows = arrowRows(body ?? new Uint8Array(), odd, 10)
  if (rows.kind !== 'columns') throw new Error('Arrow rows are columns.')
  const read = Object.entries(rows.columns).map(([name, values]) => [name, Array.from(values)])
  expect(read).toEqual([
    ['__proto__', [1, 2]],
    ['constructor', ['x', 'y']],
  ])
})
