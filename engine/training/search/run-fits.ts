import { availableParallelism, freemem } from 'node:os'
import { Failure } from '../../../shared/failure.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { Resolved } from '../resolve-task.ts'
import { cancelled, measureInTrainer } from '../run-trainer.ts'
import { contentKey, type FitJournal, type FitRecord } from './fit-journal.ts'
import type { PreparedFolds } from './prepared-folds.ts'

/** One model to fit and measure: a setting on one fold. */
export interface Fit {
  spec: TrainSpec
  /** Of the folds. */
  seed: number
  /** Of the model. */
  modelSeed: number
  fold: number
  share: number
}

export interface FitContext {
  folds: PreparedFolds
  journal: FitJournal
  resolved: Resolved
  signal: AbortSignal
  now: () => number
  /** Threads of each fit. */
  threads: number
}

/** Trainers at a time: one a core, fewer where what each may need does not fit the free memory, and at least one. */
export function trainersAtATime(
  asked: number | undefined,
  bytesPerFit: number,
  free: number = freemem(),
): number {
  const wanted = asked ?? availableParallelism()
  return Math.max(1, Math.min(wanted, Math.floor((0.6 * free) / Math.max(1, bytesPerFit))))
}

/** Threads of each fit where so many run at a time, so that together they take the cores once. */
export function threadsOfEach(trainers: number, cores: number = availableParallelism()): number {
  return Math.max(1, Math.floor(cores / trainers))
}

/** A failure of the data or the setting, with the fold that it showed in; any other as it is. */
function failureIn({ fold, seed }: Fit, { folds }: FitContext, error: unknown): unknown {
  if (!(error instanceof Failure) || (error.code !== 'invalid-input' && error.code !== 'failed')) return error
  const { asked } = folds
  const study = asked.path === 'search' ? 'search' : 'cross-validation'
  const place = `fold ${fold + 1} of ${asked.folds} of the ${study} (seed ${seed})`
  return new Failure(error.code, `In ${place}: ${error.message}`, error.whatToDo, error.path)
}

/**
 * Measures a fit in a thread of its own, or finds it in the journal.
 *
 * @throws Failure naming the fold that could not be fitted
 */
export async function runFit(fit: Fit, context: FitContext): Promise<FitRecord & { reused: boolean }> {
  const { folds, journal, resolved, signal, now, threads } = context
  if (signal.aborted) throw cancelled()
  const { features = null, model = resolved.model } = fit.spec
  const { seed, modelSeed, fold, share } = fit
  const key = contentKey({ features, model, seed, modelSeed, fold, share })
  const known = journal.find(key)
  if (known) return { ...known, reused: true }
  const measured = folds.use(fit, async ({ signature, pipeline, parts }) => {
    if (signal.aborted) throw cancelled()
    const started = now()
    const input = { signature, pipeline, model, seed: modelSeed, threads, ...parts }
    const metrics = await measureInTrainer(input, signal)
    const rows = { train: parts.train.rows, validation: parts.validation.rows, test: parts.test.rows }
    return { key, rows, metrics, ms: now() - started }
  })
  const record = await measured.catch((error: unknown) => {
    throw failureIn(fit, context, error)
  })
  await journal.add(record)
  return { ...record, reused: false }
}

/**
 * Does all the work, so many at a time, in order of their start. The first to fail stops those that have not begun,
 * and is thrown when those that have are over.
 */
export async function inParallel<T>(
  items: readonly T[],
  atATime: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  let failure: { error: unknown } | null = null
  const lane = async () => {
    while (next < items.length && failure === null) {
      const index = next++
      try {
        await work(items[index]!, index)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, lane))
  const failed: { error: unknown } | null = failure
  if (failed !== null) throw (failed as { error: unknown }).error
}
