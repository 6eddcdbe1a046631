/** HOT: DuckDB's vectors into columns (benchmark: bench/batch.ts). Numbers are copied as arrays, never one object each. */
import type { DuckDBVector } from '@duckdb/node-api'

/** Takes the vectors of one column, some 2,000 values at a time, into one array. */
export interface VectorReader {
  begin(rows: number): void
  /** Values `from … from + count)` of the vectors go to `at`. */
  add(vectors: readonly DuckDBVector[], from: number, at: number, count: number): void
  take(rows: number): ArrayLike<unknown>
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

interface Validity {
  itemValid(index: number): boolean
}

function validityOf(vector: DuckDBVector): Validity | null {
  const validity: unknown = Reflect.get(vector, 'validity')
  return typeof validity === 'object' && validity !== null && 'itemValid' in validity
    ? (validity as Validity)
    : null
}

/** Numbers of at most 32 bits and floating-point ones; NaN where null. */
export function numberReader(): VectorReader {
  let values = new Float64Array(0)
  return {
    begin(rows) {
      values = new Float64Array(rows)
    },
    add([vector], from, at, count) {
      if (!vector) return
      const items = itemsOf(vector)
      const validity = validityOf(vector)
      if (items === null) {
        for (let i = 0; i < count; i++) {
          const value = vector.getItem(from + i)
          values[at + i] = value === null ? Number.NaN : Number(value)
        }
        return
      }
      for (let i = 0; i < count; i++) {
        values[at + i] = validity === null || validity.itemValid(from + i) ? items[from + i]! : Number.NaN
      }
    },
    take: (rows) => values.subarray(0, rows),
  }
}

/** Whole numbers of 64 bits stay numbers as long as they are exact. */
export function valueReader(): VectorReader {
  let values: unknown[] = []
  return {
    begin(rows) {
      values = new Array(rows)
    },
    add([vector], from, at, count) {
      for (let i = 0; i < count; i++) {
        const value = vector?.getItem(from + i) ?? null
        values[at + i] =
          typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
      }
    },
    take: (rows) => (rows === values.length ? values : values.slice(0, rows)),
  }
}

/**
 * A categorical column in two vectors: its place among the known categories, counted by DuckDB, and the text of what is
 * not among them. No string is made of a known category.
 */
export function categoryReader(categories: readonly string[]): VectorReader {
  let values: (string | null)[] = []
  return {
    begin(rows) {
      values = new Array(rows)
    },
    add([codes, texts], from, at, count) {
      if (!codes || !texts) return
      const items = itemsOf(codes)
      const validity = validityOf(codes)
      for (let i = 0; i < count; i++) {
        if (items !== null && validity?.itemValid(from + i)) {
          values[at + i] = categories[items[from + i]!] ?? null
          continue
        }
        const text = texts.getItem(from + i)
        values[at + i] = typeof text === 'string' ? text : null
      }
    },
    take: (rows) => (rows === values.length ? values : values.slice(0, rows)),
  }
}
