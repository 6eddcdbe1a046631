import type { CrossValidationResult } from '../../../shared/catalog/training-results.ts'
import type { CrossValidationSpec } from '../../../shared/notebook/search-spec.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import { type FitContext, inParallel, runFit } from './run-fits.ts'
import { summariseFolds } from './summarise-folds.ts'

export interface CrossValidationRequest extends FitContext {
  spec: TrainSpec
  crossValidation: CrossValidationSpec
  method: string
  seed: number
  trainers: number
  onFold(done: number, of: number): void
}

/** Repeat after repeat: the folds are dealt by seed, seed + 1, …, which also seed the model. */
export function seedsOf(seed: number, repeats: number): number[] {
  return Array.from({ length: repeats }, (_, i) => (seed + i) % 4_294_967_296)
}

/** Fits and measures the spec on every fold of every repeat. */
export async function crossValidate(request: CrossValidationRequest): Promise<CrossValidationResult> {
  const { spec, crossValidation, method, now } = request
  const { folds, repeats } = crossValidation
  const started = now()
  const seeds = seedsOf(request.seed, repeats)
  const results: CrossValidationResult['results'] = new Array(folds * repeats)
  let done = 0
  let reused = 0
  for (const [repeat, seed] of seeds.entries()) {
    const all = Array.from({ length: folds }, (_, fold) => fold)
    await inParallel(all, request.trainers, async (fold) => {
      const record = await runFit({ spec, seed, modelSeed: seed, fold, share: 1 }, request)
      if (record.reused) reused++
      results[repeat * folds + fold] = {
        repeat: repeat + 1,
        fold: fold + 1,
        rows: record.rows,
        metrics: record.metrics,
      }
      request.onFold(++done, folds * repeats)
    })
  }
  return {
    method,
    folds,
    repeats,
    seeds,
    results,
    summary: summariseFolds(results),
    durationMs: now() - started,
    reused,
  }
}
