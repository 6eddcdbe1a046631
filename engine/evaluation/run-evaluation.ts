import { Worker } from 'node:worker_threads'
import { decode } from '../../shared/decode.ts'
import { Failure, failureFromData } from '../../shared/failure.ts'
import { type EvaluationJob, evaluationMessageSchema } from './evaluation-job.ts'

/** Beside this file: the source in a checkout, the bundle beside the engine's bundle when built. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './evaluation-worker.ts' : './evaluation-worker.mjs',
  import.meta.url,
)

export function evaluationCancelled(): Failure {
  return new Failure('cancelled', 'The evaluation was stopped.', 'Open it again when you need it.')
}

/**
 * Runs one evaluation in a thread of its own, which ends with it or at once after `signal`.
 *
 * @returns what the job computed, to be decoded by who asked
 * @throws Failure `cancelled` after `signal`, `failed` where the thread fails
 */
export function runEvaluation(
  job: EvaluationJob,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<unknown> {
  if (signal.aborted) return Promise.reject(evaluationCancelled())
  const worker = new Worker(workerUrl, { workerData: job, name: 'evaluation' })
  return new Promise((resolve, reject) => {
    let settled = false
    const settle = (finish: () => void) => {
      if (settled) return
      settled = true
      signal.removeEventListener('abort', stop)
      worker.terminate().then(finish, finish)
    }
    const stop = () => settle(() => reject(evaluationCancelled()))
    signal.addEventListener('abort', stop)
    worker.on('message', (raw: unknown) => {
      if (settled) return
      const message = decode(evaluationMessageSchema, raw, 'The evaluation thread')
      switch (message.kind) {
        case 'progress':
          return onProgress(message.fraction)
        case 'done':
          return settle(() => resolve(message.result))
        case 'failed':
          return settle(() => reject(failureFromData(message.failure)))
      }
    })
    worker.on('error', (error) => settle(() => reject(error)))
    worker.on('exit', (code) =>
      settle(() =>
        reject(new Failure('failed', `The evaluation thread ended with code ${code}.`, 'Try again.')),
      ),
    )
  })
}
