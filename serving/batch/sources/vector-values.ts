/** HOT: DuckDB's vectors into columns (benchmark: bench/batch.ts). Numbers are copied as arrays, never one object each. */
import type { DuckDBVector } from '@duckdb/node-api'
import type { CodedTexts } from '../../../shared/signature/decode-rows.ts'

/** Takes the vectors of one column, some 2,000 values at a time, into one array. */
export interface VectorReader {
  begin(rows: number): void
  /** Values `from … from + count)` of the vectors go to `at`. A vector that is not asked for costs nothing. */
  add(vector: (index: number) => DuckDBVector, from: number, at: number, count: number): void
  take(rows: number): { values?: ArrayLike<unknown>; coded?: CodedTexts }
}

function itemsOf(vector: DuckDBVector): ArrayLike<number> | null {
  const items: unknown = Reflect.get(vector, 'items')
  return items instanceof Float64Array ||
    items instanceof Float32Array ||
    items instanceof Int32Array ||
    items instanceof Int16Array ||
    items instanceof Int8Array ||
    items instanceof Uint32Array ||
    items instanceof Uint16Array ||
    items instanceof Uint8Array
    ? items
    : null
}

/** One bit a value, set where it is there; null where all are. */
function validBits(vector: DuckDBVector): Uint8Array | null {
  const validity: unknown = Reflect.get(vector, 'validity')
  const data: unknown = typeof validity === 'object' && validity !== null && Reflect.get(validity, 'data')
  return data instanceof BigUint64Array ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : null
}

/** Numbers of at most 32 bits and floating-point ones; NaN where null. */
export function numberReader(): VectorReader {
  let values = new Float64Array(0)
  return {
    begin(rows) {
      values = new Float64Array(rows)
    },
    add(vectorAt, from, at, count) {
      const vector = vectorAt(0)
      const items = itemsOf(vector)
      if (items === null) {
        for (let i = 0; i < count; i++) {
          const value = vector.getItem(from + i)
          values[at + i] = value === null ? Number.NaN : Number(value)
        }
        return
      }
      const valid = validBits(vector)
      if (valid === null && items instanceof Float64Array) {
        values.set(items.subarray(from, from + count), at)
        return
      }
      for (let i = 0; i < count; i++) {
        const item = from + i
        const there = valid === null || ((valid[item >> 3]! >> (item & 7)) & 1) === 1
        values[at + i] = there ? items[item]! : Number.NaN
      }
    },
    take: (rows) => ({ values: values.subarray(0, rows) }),
  }
}

/** Whole numbers of 64 bits stay numbers as long as they are exact. */
export function valueReader(): VectorReader {
  let values: unknown[] = []
  return {
    begin(rows) {
      values = new Array(rows)
    },
    add(vectorAt, from, at, count) {
      const vector = vectorAt(0)
      for (let i = 0; i < count; i++) {
        const value = vector.getItem(from + i)
        values[at + i] =
          typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
      }
    },
    take: (rows) => ({ values: rows === values.length ? values : values.slice(0, rows) }),
  }
}

/**
 * A categorical column in two vectors: its place among the known categories from 1, looked up by DuckDB, 0 where it is
 * not among them, and the text of what is not. No string is made of a known category.
 */
export function codeReader(categories: readonly string[]): VectorReader {
  let codes = new Int32Array(0)
  let texts: (string | null)[] | null = null
  return {
    begin(rows) {
      codes = new Int32Array(rows)
      texts = null
    },
    add(vectorAt, from, at, count) {
      const items = itemsOf(vectorAt(0))
      if (items === null) throw new Error('Places among categories are 32-bit integers.')
      let others: DuckDBVector | null = null
      for (let i = 0; i < count; i++) {
        const code = items[from + i]! - 1
        codes[at + i] = code
        if (code >= 0) continue
        others ??= vectorAt(1)
        texts ??= []
        const text = others.getItem(from + i)
        texts[at + i] = typeof text === 'string' ? text : null
      }
    },
    take: (rows) => ({
      coded: { length: rows, codes: codes.subarray(0, rows), categories, texts },
    }),
  }
}

/** The texts of a categorical column, one string a category, where an output needs them. */
export function categoryReader(categories: readonly string[]): VectorReader {
  const places = codeReader(categories)
  return {
    ...places,
    take(rows) {
      const { coded } = places.take(rows)
      const values: (string | null)[] = new Array(rows)
      for (let i = 0; i < rows; i++) {
        const code = coded?.codes[i] ?? -1
        values[i] = code >= 0 ? categories[code]! : (coded?.texts?.[i] ?? null)
      }
      return { values }
    },
  }
}
