import { version as duckdbVersion } from '@duckdb/node-api'
import type { CrossValidationResult, SearchTable } from '../../../shared/catalog/training-results.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { Session } from '../../data/database.ts'
import type { OpenedData } from '../open-data.ts'
import { cancelled } from '../run-trainer.ts'
import { splitTable } from '../split-rows.ts'
import type { FoldsRequest } from '../splits/deal-folds.ts'
import { snapshotColumn } from '../take-snapshot.ts'
import type { Refreeze } from '../transforms/refreeze.ts'
import { crossValidate, seedsOf } from './cross-validate.ts'
import type { DrawnTrial } from './draw-trials.ts'
import { contentKey, openFitJournal } from './fit-journal.ts'
import { openPreparedFolds } from './prepared-folds.ts'
import { type FitContext, threadsOfEach, trainersAtATime } from './run-fits.ts'
import { runSearch } from './run-search.ts'

/** What a cell asks to be measured beside the version itself. */
export interface Studies {
  /** The spec that is trained with: the best of the search, or the cell's own. */
  spec: TrainSpec
  search?: SearchTable & { spec: TrainSpec }
  crossValidation?: CrossValidationResult
}

export interface StudiesRequest {
  spec: TrainSpec
  drawn: readonly DrawnTrial[]
  /** Where finished fits are kept. */
  folder: string
  slipwayVersion: string
  /** Takes the frozen statistics of SQL on the training rows of a fold; null where there are none. */
  refreeze: Refreeze | null
  signal: AbortSignal
  now: () => number
  onProgress(step: string, share: number, table: SearchTable | null): void
}

/** Prepared folds that are kept in memory between trials. */
const foldMemory = 1_000_000_000

/** What the rows hold, in any order, and which of them are tested on. */
async function hashOfRows(session: Session, opened: OpenedData): Promise<string> {
  const columns = [...opened.features.map((_, i) => snapshotColumn(i)), 'y', 'n', 'part']
  if (opened.splitColumn) columns.push('s')
  if (opened.weight) columns.push('w')
  const [found] = await session.rows(
    `select bit_xor(h)::varchar as mixed, sum(h)::varchar as total from (select hash(${columns.join(', ')}) as h from ${splitTable})`,
  )
  return `${String(found?.mixed)} ${String(found?.total)}`
}

/**
 * Runs the search and the cross-validation that a spec asks for, over rows already split. Fits that an earlier run of
 * the same content finished are taken from its journal.
 */
export async function runStudies(
  session: Session,
  opened: OpenedData,
  request: StudiesRequest,
): Promise<Studies> {
  const { spec, drawn, refreeze, signal, now, onProgress } = request
  const { search, crossValidation } = spec
  const { resolved, split } = opened
  if (!search && !crossValidation) return { spec }
  const content = {
    format: 2,
    rows: await hashOfRows(session, opened),
    features: opened.features.map(({ name, sourceType, type }) => [name, sourceType, type]),
    target: opened.target,
    task: resolved.task,
    classes: resolved.classes,
    split,
    versions: [request.slipwayVersion, duckdbVersion(), process.versions.node],
    ...(refreeze ? { frozen: await refreeze.hash() } : {}),
  }
  const bytesOfRows = 8 * opened.rows * (opened.features.length + 2)
  // A fold as columns, beside its inputs and bins in the trainer.
  const trainers = trainersAtATime(search?.parallel, 3 * bytesOfRows)

  const study = async <T>(asked: FoldsRequest, work: (context: FitContext) => Promise<T>): Promise<T> => {
    const journal = await openFitJournal(
      request.folder,
      contentKey({ ...content, folds: asked.folds, dealt: asked.rows }),
    )
    try {
      const throwIfStopped = () => {
        if (signal.aborted) throw cancelled()
      }
      const folds = await openPreparedFolds(session, opened, asked, foldMemory, throwIfStopped, refreeze)
      return await work({ folds, journal, resolved, signal, now, threads: threadsOfEach(trainers) })
    } finally {
      await journal.close()
    }
  }

  const found: Studies = { spec }
  let shown: SearchTable | null = null
  if (search) {
    const seed = search.seed ?? split.seed
    onProgress('search: dealing folds', 0, null)
    const { table, best } = await study(
      { folds: search.folds, seed, rows: 'not tested', path: 'search' },
      (context) =>
        runSearch({
          ...context,
          spec,
          search,
          seed,
          modelSeed: split.seed,
          drawn,
          trainers,
          foldsFit: bytesOfRows * search.folds <= foldMemory,
          onTable(now) {
            const { done, of } = now.fits
            onProgress(`search: ${done} of ${of} fits`, of === 0 ? 0 : done / of, now)
          },
        }),
    )
    shown = table
    found.spec = best
    found.search = { ...table, spec: best }
  }
  if (crossValidation) {
    const { folds, repeats } = crossValidation
    const [seed = split.seed] = seedsOf(crossValidation.seed ?? split.seed, repeats)
    const table = shown
    onProgress('cross-validation: dealing folds', 0, table)
    found.crossValidation = await study({ folds, seed, rows: 'all', path: 'crossValidation' }, (context) =>
      crossValidate({
        ...context,
        spec: found.spec,
        crossValidation,
        method: split.method,
        seed,
        trainers,
        onFold: (done, of) => onProgress(`cross-validation: ${done} of ${of} fits`, done / of, table),
      }),
    )
  }
  return found
}
