/** The scoring thread: holds opened models and scores batches for the engine, so that the engine's own turn stays short. */
import { parentPort } from 'node:worker_threads'
import { Failure } from '../../shared/failure.ts'
import { openPredictor } from '../../shared/models/open-predictor.ts'
import type { Predictor } from '../../shared/models/predictor.ts'
import { modelEngines } from './model-engines.ts'
import type { FromScoring, ToScoring } from './scoring-messages.ts'

if (!parentPort) throw new Error('scoring-worker.ts runs as a worker thread only.')
const port = parentPort
const models = new Map<number, Predictor>()

async function answer(message: Exclude<ToScoring, { type: 'close' }>): Promise<void> {
  const { request, model } = message
  if (message.type === 'open') {
    models.set(model, await openPredictor(message.parts, modelEngines))
    port.postMessage({ type: 'opened', request } satisfies FromScoring)
    return
  }
  const predictor = models.get(model)
  if (!predictor) throw new Error(`The scoring thread has no model ${model}.`)
  const { rows, outputs, scores, classIndexes } = predictor.predict(message.batch)
  const own = { scores: scores.slice(0, rows * outputs), classIndexes: classIndexes.slice(0, rows) }
  port.postMessage({ type: 'predicted', request, outputs, ...own } satisfies FromScoring, [
    own.scores.buffer,
    own.classIndexes.buffer,
  ])
}

port.on('message', (message: ToScoring) => {
  if (message.type === 'close') {
    models.delete(message.model)
    return
  }
  answer(message).catch((error: unknown) => {
    const failure = error instanceof Failure ? error.toData() : null
    const text = error instanceof Error ? error.message : String(error)
    const failed: FromScoring = { type: 'failed', request: message.request, failure, message: text }
    port.postMessage(failed)
  })
})
