import type { Split } from '../../shared/notebook/split-spec.ts'
import type { TrainSpec } from '../../shared/notebook/train-spec.ts'
import { quoteRelation, type Session } from '../data/database.ts'
import { extraColumns } from '../evaluation/hold-out.ts'
import {
  chooseFeatures,
  describeRelation,
  type FeatureColumn,
  findTarget,
  type SourceColumn,
} from './choose-columns.ts'
import { checkFrequencies } from './features/check-frequencies.ts'
import { checkClassesOf, checkModel, type Resolved, resolveTask } from './resolve-task.ts'
import { checkWeights, countedSql, findWeight } from './sample-weights.ts'
import { ofTrial } from './search/blame-trial.ts'
import type { DrawnTrial } from './search/draw-trials.ts'
import { parts, rowsTable, type SplitCounts, splitRows, splitTable } from './split-rows.ts'
import { findSplitColumn, heldBackColumns, type SplitColumn } from './splits/split-column.ts'
import {
  checkSnapshot,
  type ExtraColumn,
  snapshotColumn,
  type TrainingSource,
  takeSnapshot,
} from './take-snapshot.ts'

export type ReportStep = (step: string, fraction: number) => void

/** The data of a training, checked and split, in temporary tables of its session. */
export interface OpenedData {
  quoted: string
  columns: SourceColumn[]
  target: SourceColumn
  /** Every feature that the spec or a trial of its search uses, in the order of the snapshot's columns. */
  features: FeatureColumn[]
  /** Columns that not every spec has among its features, for slices of the held-out rows. */
  extras: ExtraColumn[]
  resolved: Resolved
  split: Split
  splitColumn: SplitColumn | null
  /** Holds how much each row counts; null where all count the same. */
  weight: SourceColumn | null
  /** Columns that the split or the target's time kept from being features. */
  heldBack: string[]
  rows: number
  counts: SplitCounts
}

/** Classes are stratified unless the spec says otherwise; a number cannot be. */
function splitOf(spec: TrainSpec, resolved: Resolved): Split {
  const { test = 0.25, validation = 0.1, seed = 7, column = null } = spec.split ?? {}
  const method = spec.split?.method ?? (resolved.task === 'regression' ? 'random' : 'stratified')
  return { method, column, test, validation, seed }
}

function isSame(a: FeatureColumn, b: FeatureColumn): boolean {
  return a.name === b.name && a.sql === b.sql && a.type === b.type
}

/**
 * Copies the relation's features and target, checks them and splits the rows.
 *
 * @param trials further specs over the same relation and target, whose features are to be there too
 * @param source where the relation's rows are, when that is not the relation itself
 */
export async function openData(
  session: Session,
  spec: TrainSpec,
  trials: readonly DrawnTrial[],
  report: ReportStep,
  source: TrainingSource | null = null,
): Promise<OpenedData> {
  const quoted = quoteRelation(spec.from)
  report('reading the relation', 0)
  const place = source?.quoted ?? quoted
  const described = await describeRelation(session, spec.from, place)
  const columns = described.filter(({ name }) => name !== source?.rowColumn)
  const target = findTarget(spec, columns)
  const features = chooseFeatures(spec, columns)
  let inAll = [...features]
  for (const trial of trials) {
    const chosen = await ofTrial(trial, () => chooseFeatures(trial.spec, columns))
    for (const feature of chosen) {
      if (!features.some((known) => isSame(known, feature))) features.push(feature)
    }
    const names = new Set(chosen.map(({ name }) => name))
    inAll = inAll.filter(({ name }) => names.has(name))
  }
  const splitColumn = findSplitColumn(spec, columns)
  const weight = findWeight(spec, columns)
  const extras = extraColumns(columns, inAll, target)
  const seed = spec.split?.seed ?? 7
  const rowColumn = source?.rowColumn ?? null
  await takeSnapshot(session, place, features, target, seed, splitColumn, weight, extras, rowColumn)
  report('checking the data', 0.05)
  const checked = source?.provisional ? [] : features
  const rows = await checkSnapshot(session, spec.from, checked, target, splitColumn)
  if (weight) await checkWeights(session, weight)
  const resolved = await resolveTask(session, spec, target)
  for (const trial of trials) {
    const { model } = trial.spec
    if (!model) continue
    await ofTrial(trial, () => {
      checkModel(model, resolved.task, target.name, resolved.distinct)
      checkClassesOf(model, resolved, target.name)
    })
  }
  const split = splitOf(spec, resolved)
  const counts = await splitRows(session, split, resolved, rows, target.name)
  const training = countedSql(`part = ${parts.train}`, weight)
  await checkFrequencies(session, splitTable, training, checked, snapshotColumn)
  const heldBack = heldBackColumns(spec).filter((name) => columns.some((column) => column.name === name))
  return {
    quoted,
    columns,
    target,
    features,
    extras,
    resolved,
    split,
    splitColumn,
    weight,
    heldBack,
    rows,
    counts,
  }
}

/** What `rowsTable` shows, and where it has it from: a query of a few columns is not to plan a view of thousands. */
export interface ShownRows {
  readonly features: FeatureColumn[]
  readonly table: string
  /** Per feature its column in the table. */
  readonly columns: string[]
  /** SQL of the part of a row. */
  readonly part: string
}

/** The column of the opened data that holds a feature's values. */
export function columnOf({ features }: Pick<OpenedData, 'features'>, feature: FeatureColumn): string {
  return snapshotColumn(features.findIndex((other) => isSame(other, feature)))
}

/**
 * Makes `rowsTable` show a spec's features, as `c0`, `c1`, … in its own order.
 *
 * @param source a table with the opened data's columns
 * @param part SQL of the part of a row
 */
export async function showRows(
  session: Session,
  opened: Pick<OpenedData, 'features' | 'columns' | 'weight'>,
  spec: TrainSpec,
  source: string = splitTable,
  part = 'part',
): Promise<ShownRows> {
  const features = chooseFeatures(spec, opened.columns)
  const columns = features.map((feature, i) => {
    const known = opened.features[i]
    return known !== undefined && isSame(known, feature) ? snapshotColumn(i) : columnOf(opened, feature)
  })
  const shown = columns.map((column, i) => `${column} as ${snapshotColumn(i)}`)
  const beside = ['y', 'n', `${part} as part`, ...(opened.weight ? ['w'] : [])]
  await session.run(
    `create or replace temp view ${rowsTable.replace('temp.', '')} as select ${[...shown, ...beside].join(', ')} from ${source}`,
  )
  return { features, table: source, columns, part }
}
