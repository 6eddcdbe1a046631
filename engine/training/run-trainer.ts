import { Worker } from 'node:worker_threads'
import type { Epoch } from '../../shared/catalog/version.ts'
import { decode } from '../../shared/decode.ts'
import { Failure, failureFromData } from '../../shared/failure.ts'
import type { Metrics } from '../../shared/metrics/metrics.ts'
import { keepKernel } from './keep-compiled.ts'
import {
  type Measured,
  type Part,
  type TrainerInput,
  type TrainerResult,
  trainerMessageSchema,
} from './trainer-messages.ts'

export interface TrainerRun<Result = TrainerResult> {
  result: Result
  backend: string
  /** Version of tfjs; null where it took no part. */
  tfjs: string | null
  history: Epoch[]
}

/** Beside this file: the source in a checkout, the bundle beside the engine's bundle when built. */
const trainerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './trainer.ts' : './trainer.mjs',
  import.meta.url,
)

function buffersOf(part: Part): ArrayBuffer[] {
  return [
    ...part.columns,
    part.target,
    ...(part.weights ? [part.weights] : []),
    ...(part.tokens ? [part.tokens] : []),
  ].flatMap((array) => (array.buffer instanceof ArrayBuffer ? [array.buffer] : []))
}

export function cancelled(): Failure {
  return new Failure('cancelled', 'Training was stopped.', 'Run the cell again when you need the model.')
}

/**
 * Runs one training in a thread of its own. The input's arrays are given away.
 * Stopping ends the thread at once: nothing in it is worth keeping.
 *
 * @throws Failure `cancelled` after `signal`, `failed` where the thread fails
 */
export async function runTrainer(
  input: TrainerInput,
  signal: AbortSignal,
  onEpoch: (history: readonly Epoch[], epochs: number) => void,
): Promise<TrainerRun> {
  const { result, ...run } = await runThread({ ...input, metricsOnly: false }, signal, onEpoch)
  if (result.kind !== 'done')
    throw new Error('The trainer thread answered metrics where a model was asked for.')
  return { ...run, result }
}

/**
 * As `runTrainer`, for the metrics on the test rows alone. Columns in shared memory stay with the caller.
 *
 * @throws Failure as `runTrainer`
 */
export async function measureInTrainer(
  input: Omit<TrainerInput, 'keepRows'>,
  signal: AbortSignal,
): Promise<Metrics> {
  const { result } = await runThread({ ...input, keepRows: 0, metricsOnly: true }, signal, () => undefined)
  return result.metrics
}

function runThread(
  input: TrainerInput,
  signal: AbortSignal,
  onEpoch: (history: readonly Epoch[], epochs: number) => void,
): Promise<TrainerRun<TrainerResult | Measured>> {
  if (signal.aborted) return Promise.reject(cancelled())
  const transferList = [input.train, input.validation, input.test].flatMap(buffersOf)
  const worker = new Worker(trainerUrl, { workerData: input, transferList, name: 'trainer' })
  const history: Epoch[] = []
  let started: { backend: string; tfjs: string | null } = { backend: '', tfjs: null }
  return new Promise<TrainerRun<TrainerResult | Measured>>((resolve, reject) => {
    let settled = false
    const settle = (finish: () => void) => {
      if (settled) return
      settled = true
      signal.removeEventListener('abort', stop)
      // Answered only when the thread is gone, so that nothing of it outlives the answer.
      worker.terminate().then(finish, finish)
    }
    const stop = () => settle(() => reject(cancelled()))
    signal.addEventListener('abort', stop)
    worker.on('message', (raw: unknown) => {
      const message = decode(trainerMessageSchema, raw, 'The trainer thread')
      // Also of a thread that is being stopped: its code is freed when the thread ends.
      if (message.kind === 'compiled') return keepKernel(message.code)
      if (settled) return
      switch (message.kind) {
        case 'started':
          started = { backend: message.backend, tfjs: message.tfjs }
          return
        case 'epoch':
          history.push(message.epoch)
          onEpoch(history, message.epochs)
          return
        case 'done':
        case 'measured':
          return settle(() => resolve({ result: message, history, ...started }))
        case 'failed':
          return settle(() => reject(failureFromData(message.failure)))
      }
    })
    worker.on('error', (error) => settle(() => reject(error)))
    worker.on('exit', (code) =>
      settle(() =>
        reject(
          new Failure(
            'failed',
            `The trainer thread ended with code ${code} before the model was done.`,
            'Run the cell again; with less data if the machine is short of memory.',
          ),
        ),
      ),
    )
  })
}
