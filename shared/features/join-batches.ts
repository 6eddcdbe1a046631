/** HOT LOOP: copies the rows of requests that are scored together (benchmark: bench/serving.ts). */
import type { Batch, BatchColumn } from './batch.ts'
import { allocateTogether } from './batch-buffers.ts'
import type { Pipeline } from './pipeline.ts'
import { firstToken, tokenCount, tokenPlace } from './token-places.ts'

/** How far into its tokens the texts of a batch reach. */
function tokensUsed(batch: Batch, texts: readonly number[]): number {
  let used = 0
  for (const c of texts) {
    const places = batch.columns[c]!
    for (let r = 0; r < batch.rows; r++) {
      const place = places[r]!
      if (!Number.isNaN(place)) used = Math.max(used, firstToken(place) + tokenCount(place))
    }
  }
  return used
}

/** Rows of several batches one after another, in one buffer of their own; texts keep their tokens. */
export function joinBatches(pipeline: Pipeline, batches: readonly Batch[]): Batch {
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0)
  const columns: BatchColumn[] = allocateTogether(pipeline, rows)
  const texts = pipeline.columns.flatMap(({ kind }, c) => (kind === 'text' ? [c] : []))
  const used = batches.map((batch) => tokensUsed(batch, texts))
  const tokens = new Int32Array(used.reduce((sum, count) => sum + count, 0))
  let at = 0
  let firstOfBatch = 0
  for (const [b, batch] of batches.entries()) {
    for (let c = 0; c < columns.length; c++) {
      columns[c]!.set(batch.columns[c]!.subarray(0, batch.rows), at)
    }
    for (const c of texts) {
      const places = columns[c]!
      for (let r = at; r < at + batch.rows; r++) {
        const place = places[r]!
        if (!Number.isNaN(place)) places[r] = tokenPlace(firstOfBatch + firstToken(place), tokenCount(place))
      }
    }
    if (batch.tokens) tokens.set(batch.tokens.subarray(0, used[b]!), firstOfBatch)
    at += batch.rows
    firstOfBatch += used[b]!
  }
  return { rows, columns, ...(texts.length > 0 ? { tokens } : {}) }
}
