/** HOT: batches to the threads that score them and back; arrays are handed over, never copied (benchmark: bench/batch.ts). */
import type { Worker } from 'node:worker_threads'
import { Failure } from '../../shared/failure.ts'
import type { Batch } from '../../shared/features/batch.ts'
import type { Predictions } from '../../shared/models/predictor.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { ScorerAnswer, ScorerRequest } from '../scoring/scorer-messages.ts'
import { startScorer } from '../scoring/start-scorer.ts'

export interface ScoringThreads {
  readonly size: number
  /** Takes the batch's arrays away, and gives them back only where a score left the range of numbers. */
  predict(batch: Batch): Promise<{ predictions: Predictions; batch: Batch | null }>
  close(): Promise<void>
}

interface Asked {
  rows: number
  resolve(scored: { predictions: Predictions; batch: Batch | null }): void
  reject(error: unknown): void
}

/** Threads with a model each. What one of them answers has the bits that this thread would have got. */
export async function startScoringThreads(
  { folder, signature }: Pick<LoadedModel, 'folder' | 'signature'>,
  size: number,
  start: (folder: string, checked: boolean) => Promise<Worker> = startScorer,
): Promise<ScoringThreads> {
  const workers = await Promise.all(Array.from({ length: size }, () => start(folder, true)))
  const asked = workers.map(() => new Map<number, Asked>())
  let ended: Failure | null = null
  let closed = false
  let nextId = 0
  workers.forEach((worker, w) => {
    const end = (why: string) => {
      if (closed) return
      ended ??= new Failure(
        'failed',
        `A scoring thread ended in the middle of the run: ${why}`,
        'Score again with --resume, which continues at the last commit; --threads 1 does without such threads.',
      )
      for (const one of asked[w]!.values()) one.reject(ended)
      asked[w]!.clear()
    }
    worker.on('error', (error) => end(error.message))
    worker.on('exit', (code) => end(`it left with code ${code}.`))
    worker.on('message', ({ id, scores, classIndexes, batch }: ScorerAnswer) => {
      const one = asked[w]!.get(id)
      if (!one) return
      asked[w]!.delete(id)
      const outputs = one.rows === 0 ? 1 : scores.length / one.rows
      const predictions = { task: signature.task, rows: one.rows, outputs, scores, classIndexes }
      one.resolve({ predictions, batch: batch ?? null })
    })
  })
  return {
    size,
    predict(batch) {
      if (ended) return Promise.reject(ended)
      let least = 0
      for (let w = 1; w < size; w++) if (asked[w]!.size < asked[least]!.size) least = w
      const request: ScorerRequest = { id: ++nextId, batch }
      const arrays = [...batch.columns, ...(batch.tokens ? [batch.tokens] : [])]
      return new Promise((resolve, reject) => {
        asked[least]!.set(request.id, { rows: batch.rows, resolve, reject })
        const buffers = arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []))
        // Columns that were joined lie in one.
        workers[least]!.postMessage(request, [...new Set(buffers)])
      })
    },
    async close() {
      closed = true
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
