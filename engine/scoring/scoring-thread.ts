import { Worker } from 'node:worker_threads'
import { Failure, failureFromData } from '../../shared/failure.ts'
import type { Batch } from '../../shared/features/batch.ts'
import { joinBatches } from '../../shared/features/join-batches.ts'
import { type ModelParts, openPredictor } from '../../shared/models/open-predictor.ts'
import { modelFormatOf } from '../../shared/models/parse-model.ts'
import {
  type Predictions,
  type Predictor,
  predictedLabels,
  predictedProbabilities,
} from '../../shared/models/predictor.ts'
import { keepCompiled } from '../training/keep-compiled.ts'
import { modelEngines } from './model-engines.ts'
import type { FromScoring, ToScoring } from './scoring-messages.ts'

/** A predictor that answers later, or at once where it computes here. */
export interface AsyncPredictor extends Omit<Predictor, 'predict'> {
  predict(batch: Batch): Promise<Predictions> | Predictions
}

/** A predictor in the scoring thread. Its answers have arrays of their own. */
export interface ThreadPredictor extends AsyncPredictor {
  predict(batch: Batch): Promise<Predictions>
  close(): void
}

interface Waiting {
  resolve(message: FromScoring): void
  reject(error: unknown): void
}

/** Beside this file: the source in a checkout, the bundle beside the engine's bundle when built. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './scoring-worker.ts' : './scoring-worker.mjs',
  import.meta.url,
)

let thread: Worker | null = null
let requests = 0
let models = 0
const waiting = new Map<number, Waiting>()

/** Started by the first model and kept: starting one takes longer than most scoring. It holds no process open. */
function running(): Worker {
  if (thread) return thread
  const started = new Worker(workerFile, { name: 'scoring' })
  const ended = (what: string) => {
    if (thread !== started) return
    thread = null
    const error = new Failure(
      'failed',
      `The scoring thread ended: ${what}.`,
      'Run it again; a new thread starts by itself.',
    )
    for (const one of waiting.values()) one.reject(error)
    waiting.clear()
  }
  started.on('message', (message: FromScoring) => {
    const one = waiting.get(message.request)
    waiting.delete(message.request)
    if (waiting.size === 0) started.unref()
    if (message.type !== 'failed') one?.resolve(message)
    else one?.reject(message.failure ? failureFromData(message.failure) : new Error(message.message))
  })
  started.on('error', (error) => ended(error instanceof Error ? error.message : String(error)))
  started.on('exit', (code) => ended(`exit code ${code}`))
  thread = started
  return started
}

type Ask = ToScoring extends infer Message
  ? Message extends { request: number }
    ? Omit<Message, 'request'>
    : never
  : never

function ask(to: Worker, message: Ask, transfer: ArrayBuffer[] = []): Promise<FromScoring> {
  requests += 1
  const request = requests
  return new Promise((resolve, reject) => {
    if (to !== thread) {
      reject(new Failure('failed', 'The scoring thread with this model has ended.', 'Run it again.'))
      return
    }
    waiting.set(request, { resolve, reject })
    to.ref()
    to.postMessage({ ...message, request } satisfies ToScoring, transfer)
  })
}

function buffersOf({ columns, tokens }: Batch): ArrayBuffer[] {
  const arrays = tokens ? [...columns, tokens] : columns
  const buffers = arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []))
  // Columns that were joined lie in one.
  return [...new Set(buffers)]
}

/**
 * Opens a model in the scoring thread: nothing of it is read, parsed or computed in the engine's own turn.
 *
 * @throws Failure as `openPredictor`
 */
export async function openThreadPredictor(parts: ModelParts): Promise<ThreadPredictor> {
  const { signature, pipeline } = parts
  if (modelFormatOf(parts.modelJson) === 'tfjs') await keepCompiled()
  models += 1
  const model = models
  const worker = running()
  await ask(worker, { type: 'open', model, parts })
  return {
    signature,
    pipeline,
    async predict(batch) {
      // The caller's arrays are its decoder's, which writes the next rows there.
      const own = joinBatches(pipeline, [batch])
      const answer = await ask(worker, { type: 'predict', model, batch: own }, buffersOf(own))
      if (answer.type !== 'predicted') throw new Error('The scoring thread answered something else.')
      const { outputs, scores, classIndexes } = answer
      return { task: signature.task, rows: batch.rows, outputs, scores, classIndexes }
    },
    predictions: (of) => predictedLabels(signature, of),
    probabilities: (of) => predictedProbabilities(signature, of),
    close: () => worker.postMessage({ type: 'close', model } satisfies ToScoring),
  }
}

/** A predictor where it belongs: in the scoring thread what tfjs scores, here what our own code does. */
export async function openAsyncPredictor(parts: ModelParts): Promise<AsyncPredictor & { close(): void }> {
  if (modelFormatOf(parts.modelJson) === 'tfjs') return openThreadPredictor(parts)
  return { ...(await openPredictor(parts, modelEngines)), close: () => undefined }
}
