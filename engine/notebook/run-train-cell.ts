import type { SearchTable } from '../../shared/catalog/training-results.ts'
import type { Output } from '../../shared/notebook/cell-state.ts'
import type { TrainSpec } from '../../shared/notebook/train-spec.ts'
import type { TransformSummary } from '../../shared/transforms/transform-plan.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Changes } from '../changes.ts'
import { modelNameOf } from '../training/create-training.ts'
import { rankTrials } from '../training/search/rank-trials.ts'
import type { Training, TrainProgress } from '../training/training.ts'
import { trainedName, trainSpecOf } from './analyse-cell.ts'
import type { CellRunner } from './cell-run.ts'
import { stopIfAborted } from './sql/run-sql-cell.ts'

const interval = 100

function frozenOf({ statistics }: TransformSummary): { expression: string; value: string }[] {
  return statistics.map(({ expression, value }) => ({ expression, value }))
}

function trainingOutput(spec: TrainSpec, progress: TrainProgress, step = progress.step): Output {
  const { search } = progress
  return {
    type: 'training',
    history: [...progress.history],
    epochs: progress.epochs,
    step,
    // Trees grow in rounds; everything else counts epochs, which is what an output without a unit means.
    ...(spec.model?.kind === 'gbdt' ? { unit: 'round' as const } : {}),
    ...(search ? { search: shownSearch(search) } : {}),
  }
}

/** Most rows of a live search table: it is sent up to ten times a second. */
const mostTrials = 100

/** The trials at work and the best of the others, in their order. */
function shownSearch(table: SearchTable): SearchTable {
  if (table.trials.length <= mostTrials) return table
  const running = table.trials.filter(({ state }) => state === 'running')
  const shown = new Set([...running, ...rankTrials(table.trials, table.higherIsBetter)].slice(0, mostTrials))
  return { ...table, trials: table.trials.filter((trial) => shown.has(trial)) }
}

/** Trains, registers the version, shows live loss (at most ten times a second) and then the metrics. */
export function createTrainRunner(
  training: Training,
  catalog: Catalog,
  changes: Changes,
  now: () => number = Date.now,
): CellRunner {
  return async (run) => {
    const { cell } = run.analysed
    const spec = trainSpecOf(cell, run.title)
    let latest: TrainProgress = { step: 'starting', fraction: 0, epochs: 0, history: [] }
    let shown = Number.NEGATIVE_INFINITY
    let timer: NodeJS.Timeout | null = null
    const show = () => {
      timer = null
      shown = now()
      run.show([trainingOutput(spec, latest)])
    }
    show()
    try {
      const defaultName = trainedName(cell, spec)
      // Before the work that could not be registered.
      await catalog.assertName(spec.register ?? modelNameOf(defaultName))
      const sources = await run.sources()
      const model = await training.train({
        spec,
        defaultName,
        definitions: run.definitions,
        origin: { ...run.origin, cell: cell.id, sources },
        signal: run.signal,
        onProgress(progress) {
          latest = progress
          timer ??= setTimeout(show, Math.max(0, interval - (now() - shown)))
        },
      })
      stopIfAborted(run)
      const version = await catalog.register(model)
      changes.emit('models')
      if (timer) clearTimeout(timer)
      timer = null
      run.show([
        trainingOutput(spec, { ...latest, history: version.history }, ''),
        {
          type: 'model',
          name: version.name,
          version: version.version,
          task: version.task,
          metrics: version.metrics,
          naive: model.naive,
          rows: version.split,
          durationMs: version.durationMs,
          ...(version.crossValidation ? { crossValidation: version.crossValidation } : {}),
          ...(version.warnings ? { warnings: version.warnings } : {}),
          ...(version.heldBack ? { heldBack: version.heldBack } : {}),
          ...(version.transforms ? { frozen: frozenOf(version.transforms) } : {}),
        },
      ])
      return { ok: true }
    } finally {
      if (timer) clearTimeout(timer)
    }
  }
}
