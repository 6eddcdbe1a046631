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

/**
 * The same in one buffer: to another thread it goes as one thing, where thousands of buffers take a millisecond to
 * clone and wait there, outside of the collector's sight, to be freed.
 */
export function allocateTogether(pipeline: Pipeline, rows: number): BatchColumn[] {
  const coded = pipeline.columns.map(takesCodes)
  const numbers = coded.filter((isCoded) => !isCoded).length
  const buffer = new ArrayBuffer(rows * (numbers * 8 + (coded.length - numbers) * 4))
  // Numbers first, so that all of them begin at multiples of eight.
  let numberAt = 0
  let codeAt = numbers * rows * 8
  return coded.map((isCoded) => {
    if (isCoded) {
      codeAt += rows * 4
      return new Int32Array(buffer, codeAt - rows * 4, rows)
    }
    numberAt += rows * 8
    return new Float64Array(buffer, numberAt - rows * 8, rows)
  })
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
