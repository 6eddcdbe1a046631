/** HOT: columns of doubles on their way into Arrow and DuckDB (benchmark: bench/batch.ts). */
import type { ChunkColumn, RowChunk } from '../row-chunk.ts'

/**
 * The kept values of a column of doubles, NaN where missing; null for a column that has to go value by value. Cells of
 * CSV that have more digits than the quick reader takes came as text: they fit the signature, so they are numbers.
 */
export function keptNumbers(
  { values, textCells }: RowChunk,
  { type }: ChunkColumn,
  place: number,
  kept: Int32Array,
): Float64Array | null {
  const column = values[place]
  if (type.kind !== 'double' || type.sql === 'FLOAT' || column === undefined) return null
  const numbers = new Float64Array(kept.length)
  if (column instanceof Float64Array) {
    for (let i = 0; i < kept.length; i++) numbers[i] = column[kept[i]!]!
    return numbers
  }
  if (!textCells) return null
  for (let i = 0; i < kept.length; i++) {
    const value = column[kept[i]!]
    numbers[i] = value === '' ? Number.NaN : Number(value)
  }
  return numbers
}
