/**
 * HOT LOOP: moves every training value from DuckDB's memory into typed arrays (benchmark: bench/features.ts).
 * Whole runs are copied at once; asking a vector for one item after the other takes ten times as long.
 */
import { type DuckDBDataChunk, DuckDBDoubleVector, DuckDBIntegerVector } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'

/** Copies the rows of a chunk to the places from `at` on. */
export type CopyColumn = (chunk: DuckDBDataChunk, at: number) => void

function checkType(chunk: DuckDBDataChunk, index: number, into: Float64Array | Int32Array): void {
  const vector = chunk.getColumnVector(index)
  const fits = into instanceof Float64Array ? DuckDBDoubleVector : DuckDBIntegerVector
  if (vector instanceof fits) return
  const expected = into instanceof Float64Array ? 'DOUBLE' : 'INTEGER'
  throw new Error(`Expected a column of ${expected}, found ${vector.type.toString()}.`)
}

/**
 * Copies one result's column of DOUBLE or INTEGER, chunk by chunk.
 *
 * @param into of the column's own width, with room for every chunk
 * @param absent what is written where the column is null
 */
export function columnCopier(index: number, into: Float64Array | Int32Array, absent: number): CopyColumn {
  let checked = false
  return (chunk, at) => {
    if (!checked) {
      // The chunks of a result have the same types, and a vector object for each takes longer than to copy it.
      checkType(chunk, index, into)
      checked = true
    }
    const rows = chunk.rowCount
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index)
    const { buffer, byteOffset } = duckdb.vector_get_data(vector, rows * into.BYTES_PER_ELEMENT)
    into.set(
      into instanceof Float64Array
        ? new Float64Array(buffer, byteOffset, rows)
        : new Int32Array(buffer, byteOffset, rows),
      at,
    )
    // A bit a row, 1 where there is a value, in words of 64; absent where there are values throughout.
    const valid: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8)
    if (valid === null) return
    for (let byte = 0, row = 0; row < rows; byte++, row += 8) {
      const bits = valid[byte]!
      if (bits === 0xff) continue
      const end = Math.min(8, rows - row)
      for (let bit = 0; bit < end; bit++) if (((bits >> bit) & 1) === 0) into[at + row + bit] = absent
    }
  }
}
