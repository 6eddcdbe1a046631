/** A thread that scores batches, so that an expensive model never blocks the requests' own thread. */
import { parentPort, workerData } from 'node:worker_threads'
import { loadModel } from '../bundle/load-model.ts'
import { allFinite } from './all-finite.ts'
import { isScorerStart, type ScorerAnswer, type ScorerRequest, type ScorerStart } from './scorer-messages.ts'

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
