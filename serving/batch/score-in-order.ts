/** HOT: keeps several threads at work and the chunks in order (benchmark: bench/batch.ts). */
import os from 'node:os'
import type { LoadedModel } from '../bundle/load-model.ts'
import { chunkRows, detached, type RowChunk } from './row-chunk.ts'
import { createChunkScorer, type ScoredChunk } from './score-chunk.ts'
import { type ScoringThreads, startScoringThreads } from './scoring-threads.ts'

/** So many chunks are scored in the time that threads take to start. */
const chunksBeforeThreads = 4
/** A quicker model costs less than starting threads for it and handing rows over. */
const slowMicroseconds = 0.6

/**
 * Scores chunks and delivers them in their order. With one thread each is delivered before the next is read; with more,
 * a few are read ahead and scored at once: two a thread, which bounds the memory however long the input is.
 *
 * @param threads that score; `auto` is one a processor core for models that take their time, else this thread alone
 */
export async function scoreInOrder(
  model: LoadedModel,
  chunks: AsyncIterable<RowChunk>,
  threads: number | 'auto',
  deliver: (scored: ScoredChunk) => Promise<void>,
  start: typeof startScoringThreads = startScoringThreads,
): Promise<void> {
  const here = createChunkScorer(model)
  const most = threads === 'auto' ? os.availableParallelism() : threads
  let perRow = Number.POSITIVE_INFINITY
  let pool: ScoringThreads | null = null
  let scorer = here
  const ahead: { rows: number; scored: Promise<ScoredChunk> }[] = []
  let rowsAhead = 0
  const deliverFirst = async () => {
    const first = ahead.shift()
    if (first === undefined) return
    rowsAhead -= first.rows
    await deliver(await first.scored)
  }
  try {
    let read = 0
    for await (const chunk of chunks) {
      read++
      // A small input is scored before threads would have started.
      const worthIt = threads !== 'auto' || perRow > slowMicroseconds
      if (read === chunksBeforeThreads && most > 1 && model.transforms === null && worthIt) {
        pool = await start(model, most)
        scorer = createChunkScorer(model, pool)
      }
      if (pool === null) {
        const scored = await here.score(chunk)
        // The least of them: other programs, and a compiler that has not caught up, only make it longer.
        if (scored.rows > 0) perRow = Math.min(perRow, (here.predictMs() * 1000) / scored.rows)
        await deliver(scored)
        continue
      }
      const scored = scorer.score(detached(chunk))
      // A failure is told when its turn comes.
      scored.catch(() => {})
      ahead.push({ rows: chunk.rows, scored })
      rowsAhead += chunk.rows
      while (ahead.length > 2 * most || (ahead.length > 1 && rowsAhead > 2 * most * chunkRows)) {
        await deliverFirst()
      }
    }
    while (ahead.length > 0) await deliverFirst()
  } finally {
    await pool?.close()
  }
}
