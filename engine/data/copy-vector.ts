/**
 * HOT LOOP: moves every training value from DuckDB's memory into typed arrays (benchmark: bench/features.ts).
 * Whole runs are copied at once; asking a vector for one item after the other takes ten times as long.
 */
import { type DuckDBDataChunk, DuckDBDoubleVector, DuckDBIntegerVector } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'

/**
 * Copies a column of DOUBLE or INTEGER, `absent` where it is null.
 *
 * @param into of the column's own width, with room for the chunk from `at` on
 */
export function copyVector(
  chunk: DuckDBDataChunk,
  index: number,
  into: Float64Array | Int32Array,
  at: number,
  absent: number,
): void {
  const rows = chunk.rowCount
  const vector = chunk.getColumnVector(index)
  const fits = into instanceof Float64Array ? DuckDBDoubleVector : DuckDBIntegerVector
  if (!(vector instanceof fits)) {
    const expected = into instanceof Float64Array ? 'DOUBLE' : 'INTEGER'
    throw new Error(`Expected a column of ${expected}, found ${vector.type.toString()}.`)
  }
  const raw = duckdb.data_chunk_get_vector(chunk.chunk, index)
  const { buffer, byteOffset } = duckdb.vector_get_data(raw, rows * into.BYTES_PER_ELEMENT)
  into.set(
    into instanceof Float64Array
      ? new Float64Array(buffer, byteOffset, rows)
      : new Int32Array(buffer, byteOffset, rows),
    at,
  )
  // A bit a row, 1 where there is a value, in words of 64; absent where there are values throughout.
  const valid: Uint8Array | null = duckdb.vector_get_validity(raw, Math.ceil(rows / 64) * 8)
  if (valid === null) return
  for (let byte = 0, row = 0; row < rows; byte++, row += 8) {
    const bits = valid[byte]!
    if (bits === 0xff) continue
    const end = Math.min(8, rows - row)
    for (let bit = 0; bit < end; bit++) if (((bits >> bit) & 1) === 0) into[at + row + bit] = absent
  }
}
