/** A thread that scores batches, so that an expensive model never blocks the requests' own thread. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Batch } from '../../shared/features/batch.ts'
import { loadModel } from '../bundle/load-model.ts'
import { allFinite } from './all-finite.ts'

/** What the thread is started with. */
export interface ScorerStart {
  slipway: 'scorer'
  /** The bundle's folder. */
  folder: string
  /** The files were checked already. */
  checked: boolean
}

export interface ScorerRequest {
  id: number
  batch: Batch
}

export interface ScorerAnswer {
  id: number
  scores: Float64Array<ArrayBuffer>
  classIndexes: Int32Array<ArrayBuffer>
  /** What was scored, where a score left the range of numbers: only it tells which value is to blame. */
  batch?: Batch
}

export const isScorerStart = (data: unknown): data is ScorerStart =>
  typeof data === 'object' && data !== null && 'slipway' in data && data.slipway === 'scorer'

/** Loads the model, says so, and scores what comes, in order. */
export async function runScorer({ folder, checked }: ScorerStart): Promise<void> {
  const { predictor } = await loadModel(folder, { checked })
  parentPort?.on('message', ({ id, batch }: ScorerRequest) => {
    const { rows } = batch
    const { scores, classIndexes, outputs } = predictor.predict(batch)
    const answer: ScorerAnswer = {
      id,
      scores: new Float64Array(scores.subarray(0, rows * outputs)),
      classIndexes: new Int32Array(classIndexes.subarray(0, rows)),
      ...(allFinite(scores, rows * outputs) ? {} : { batch }),
    }
    parentPort?.postMessage(answer, [answer.scores.buffer, answer.classIndexes.buffer])
  })
  parentPort?.postMessage('ready')
}

// As a source file this is the thread's own program; in a bundle, main.ts runs it.
if (import.meta.filename.endsWith('scorer-thread.ts') && isScorerStart(workerData))
  await runScorer(workerData)
