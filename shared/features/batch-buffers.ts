import type { Batch, BatchColumn } from './batch.ts'
import type { Encoder, Pipeline } from './pipeline.ts'
import { readingOf } from './reading.ts'

/** Whether an encoder takes category codes (`Int32Array`) rather than numbers (`Float64Array`). */
export function takesCodes(encoder: Encoder): boolean {
  return readingOf(encoder) === 'categorical'
}

/** Fresh columns of the right array types for `rows` rows. */
export function allocateColumns(pipeline: Pipeline, rows: number): BatchColumn[] {
  return pipeline.columns.map((encoder) =>
    takesCodes(encoder) ? new Int32Array(rows) : new Float64Array(rows),
  )
}

/** The rows `indexes[from … to)` of a batch, written into `into`, which must be long enough. */
export function gatherRows(
  batch: Batch,
  indexes: Int32Array,
  from: number,
  to: number,
  into: readonly BatchColumn[],
): Batch {
  for (let c = 0; c < into.length; c++) {
    const source = batch.columns[c]!
    const target = into[c]!
    for (let i = from; i < to; i++) target[i - from] = source[indexes[i]!]!
  }
  return { rows: to - from, columns: into, tokens: batch.tokens }
}

/** A view of the rows `from … to)`; nothing is copied. */
export function sliceRows(batch: Batch, from: number, to: number): Batch {
  return {
    rows: to - from,
    columns: batch.columns.map((column) => column.subarray(from, to)),
    tokens: batch.tokens,
  }
}
