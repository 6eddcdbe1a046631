import type { SearchTable, Trial } from '../../../shared/catalog/training-results.ts'
import { Failure } from '../../../shared/failure.ts'
import { higherIsBetter } from '../../../shared/metrics/metric-direction.ts'
import { type MetricKey, mainMetric } from '../../../shared/metrics/metrics.ts'
import type { SearchSpec } from '../../../shared/notebook/search-spec.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { DrawnTrial } from './draw-trials.ts'
import type { FitRecord } from './fit-journal.ts'
import { planSearch } from './plan-search.ts'
import { rankTrials } from './rank-trials.ts'
import { type FitContext, inParallel, runFit } from './run-fits.ts'
import { deviationOf, meanOf } from './summarise-folds.ts'

export interface SearchRequest extends FitContext {
  spec: TrainSpec
  search: SearchSpec
  /** Of the folds and of the drawing. */
  seed: number
  modelSeed: number
  drawn: readonly DrawnTrial[]
  trainers: number
  /** Whether all folds fit the memory kept for them: then trials are finished one by one, else fold by fold. */
  foldsFit: boolean
  onTable(table: SearchTable): void
}

/** Failures of one setting, which the others may do without; everything else ends the search. */
function isOfTrial(error: unknown): error is Failure {
  return error instanceof Failure && (error.code === 'invalid-input' || error.code === 'failed')
}

function noMetric(metric: MetricKey, found: FitRecord): Failure {
  return new Failure(
    'invalid-input',
    `search.metric: this task has no "${metric}"; its metrics are ${Object.keys(found.metrics).join(', ')}.`,
    'Name one of them, or leave "metric" out.',
    'search.metric',
  )
}

/**
 * Measures every setting by cross-validation, or rung by rung the better ones, and returns the whole table. The
 * numbers depend on the data, the spec and the seeds alone, not on how many trainers work or in what order they end.
 *
 * @throws Failure `cancelled` after the signal; the failure of the first setting where all of them fail
 */
export async function runSearch(request: SearchRequest): Promise<{ table: SearchTable; best: TrainSpec }> {
  const { spec, search, drawn, resolved, now } = request
  const { folds, method } = search
  const plan = planSearch(search, spec, resolved, drawn.length, request.folds.rows)
  const metric = search.metric ?? mainMetric[resolved.task].key
  const trials = drawn.map(({ parameters }, i): Trial => {
    return { trial: i + 1, parameters, state: 'waiting', scores: [], mean: null, sd: null, ms: 0 }
  })
  const started = now()
  const fits = {
    done: 0,
    of: plan.rungs.reduce((sum, rung) => sum + rung.candidates * folds, 0),
    reused: 0,
  }
  const tableNow = (): SearchTable => ({
    method,
    metric,
    higherIsBetter: higherIsBetter(metric),
    folds,
    seed: request.seed,
    ...(plan.resource === null ? {} : { resource: plan.resource, rungs: plan.rungs }),
    trials: trials.map((trial) => ({ ...trial })),
    best: rankTrials(trials, higherIsBetter(metric))[0]?.trial ?? null,
    fits: { ...fits },
    durationMs: now() - started,
  })
  const show = () => request.onTable(tableNow())
  /** By the place of their setting. */
  const problems = new Map<number, Failure>()

  const measure = async (trial: Trial, index: number, resource: number) => {
    const scores: (number | undefined)[] = new Array(folds).fill(undefined)
    const asked = plan.withResource(drawn[index]!.spec, resource)
    const share = plan.shareOf(resource)
    let failedIn = folds
    return {
      async fold(fold: number): Promise<void> {
        if (trial.state === 'failed') {
          fits.done++
          return
        }
        trial.state = 'running'
        show()
        try {
          const fit = { spec: asked, seed: request.seed, modelSeed: request.modelSeed, fold, share }
          const record = await runFit(fit, request)
          const score = record.metrics[metric]
          if (score === undefined) throw noMetric(metric, record)
          scores[fold] = score
          trial.ms += record.ms
          fits.done++
          if (record.reused) fits.reused++
        } catch (error) {
          if (!isOfTrial(error) || error.path === 'search.metric') throw error
          fits.done++
          // The first fold's, whichever of several trainers was the first to end.
          if (fold > failedIn) return
          failedIn = fold
          problems.set(index, error)
          Object.assign(trial, { state: 'failed', scores: [], mean: null, sd: null, problem: error.message })
          show()
          return
        }
        const found = scores.filter((score) => score !== undefined)
        if (found.length === folds && trial.state === 'running') {
          Object.assign(trial, { state: 'done', scores: found, mean: meanOf(found), sd: deviationOf(found) })
        }
        show()
      },
    }
  }

  let left = trials.map((_, i) => i)
  for (const [r, rung] of plan.rungs.entries()) {
    const measured = await Promise.all(
      left.map(async (i) => {
        const trial = trials[i]!
        Object.assign(trial, { state: 'waiting', scores: [], mean: null, sd: null })
        if (plan.resource !== null) Object.assign(trial, { rung: r + 1, resource: rung.resource })
        return measure(trial, i, rung.resource)
      }),
    )
    const byTrial = measured.flatMap((one) => Array.from({ length: folds }, (_, fold) => ({ one, fold })))
    const byFold = Array.from({ length: folds }, (_, fold) => measured.map((one) => ({ one, fold }))).flat()
    await inParallel(request.foldsFit ? byTrial : byFold, request.trainers, ({ one, fold }) => one.fold(fold))
    const next = plan.rungs[r + 1]
    const standing = rankTrials(
      left.map((i) => trials[i]!),
      higherIsBetter(metric),
    )
    if (!next || standing.length === 0) break
    const kept = new Set(standing.slice(0, next.candidates).map(({ trial }) => trial - 1))
    for (const i of left) if (!kept.has(i) && trials[i]!.state === 'done') trials[i]!.state = 'stopped early'
    // In the order they were drawn, whatever the order of their ranks.
    left = left.filter((i) => kept.has(i))
  }
  fits.of = fits.done
  const table = tableNow()
  request.onTable(table)
  const best = table.best === null ? undefined : drawn[table.best - 1]
  if (!best) {
    throw (
      problems.get(Math.min(...problems.keys())) ?? new Error('The search ended without a measured trial.')
    )
  }
  return { table, best: best.spec }
}
