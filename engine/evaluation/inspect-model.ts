import type { ImportanceReport } from '../../shared/contract/evaluation.ts'
import {
  type Dependence,
  numericGrid,
  partialDependence,
} from '../../shared/evaluation/partial-dependence.ts'
import { permutationImportance } from '../../shared/evaluation/permutation-importance.ts'
import { sliceRows } from '../../shared/features/batch-buffers.ts'
import { dictionaryOf } from '../../shared/features/dictionary.ts'
import { readingOf } from '../../shared/features/reading.ts'
import { mainMetric } from '../../shared/metrics/metrics.ts'
import { openPredictor } from '../../shared/models/open-predictor.ts'
import { modelEngines } from '../scoring/model-engines.ts'
import { seededRandom, shuffle } from '../training/seeded-random.ts'
import type { EvaluationJob } from './evaluation-job.ts'
import { gainsOfTrees } from './inspect-trees.ts'

const repeats = 5
const mostRows = 5_000
/** Inputs that may be written for all shuffles together: some seconds. */
const mostInputs = 2e9
const gridPoints = 40
const dependenceRows = 1_000
const individualRows = 30
const mostClasses = 6
const mostCategories = 30

/** Permutation importance of every column of a request, on rows that the model never saw. */
export async function columnImportance(
  job: Extract<EvaluationJob, { kind: 'importance' }>,
  progress: (fraction: number) => void,
): Promise<ImportanceReport> {
  const { model, batch } = job
  const { pipeline, signature } = model
  const names = pipeline.columns.map((column) => column.name)
  const affordable = Math.floor(mostInputs / (names.length * repeats * pipeline.width))
  const rows = Math.min(batch.rows, mostRows, Math.max(200, affordable))
  const actual = job.actual.slice(0, rows)
  // An AUC needs both classes; where the rows have one alone, the log loss tells as much.
  const oneClass = signature.task === 'binary' && actual.every((value) => value === actual[0])
  const metric = oneClass ? ({ key: 'logLoss', higherIsBetter: false } as const) : mainMetric[signature.task]
  const predictor = await openPredictor(model, modelEngines)
  const random = seededRandom(29)
  const shuffles = Array.from({ length: repeats }, () => {
    const order = Int32Array.from({ length: rows }, (_, r) => r)
    shuffle(order, random)
    return order
  })
  const permutation = permutationImportance({
    batch: { ...batch, ...sliceRows(batch, 0, rows) },
    names,
    actual,
    metric,
    repeats,
    predict: (some) => predictor.predict(some),
    permutation: (_, repeat) => shuffles[repeat]!,
    onColumn: (done) => progress(done / names.length),
  })
  permutation.sort((a, b) => b.mean - a.mean)
  return { rows, repeats, metric: metric.key, permutation, trees: gainsOfTrees(model) }
}

/** How predictions change with one column, on average and for single rows. */
export async function columnDependence(
  job: Extract<EvaluationJob, { kind: 'dependence' }>,
): Promise<Dependence> {
  const { model, batch, column } = job
  const encoder = model.pipeline.columns[column]
  const values = batch.columns[column]
  if (!encoder || !values) throw new Error(`The pipeline has no column ${column}.`)
  const { task, target } = model.signature
  const predictor = await openPredictor(model, modelEngines)
  const rows = Math.min(batch.rows, dependenceRows)
  const sample = { ...batch, ...sliceRows(batch, 0, rows) }
  const categories = dictionaryOf(encoder)?.slice(0, mostCategories) ?? null
  const present = values instanceof Float64Array ? values.subarray(0, batch.rows) : new Float64Array(0)
  const grid = categories ? categories.map((_, code) => code) : numericGrid(present, gridPoints)
  const classes = (target.classes ?? []).map(String)
  const shown = task === 'multiclass' ? classes.map((_, k) => k).slice(0, mostClasses) : [0]
  const { average, individual } = partialDependence(
    sample,
    column,
    grid,
    (some) => predictor.predict(some),
    shown,
    Array.from({ length: Math.min(rows, individualRows) }, (_, r) => r),
  )
  const sorted = present.filter((value) => !Number.isNaN(value)).sort()
  return {
    column: encoder.name,
    outputs:
      task === 'multiclass' ? shown.map((k) => classes[k]!) : [task === 'binary' ? classes[1]! : target.name],
    grid: categories ? [...categories] : grid,
    time: readingOf(encoder) === 'timestamp',
    average,
    individual,
    tenths:
      categories || sorted.length === 0
        ? []
        : Array.from({ length: 9 }, (_, i) => sorted[Math.floor(((i + 1) * (sorted.length - 1)) / 10)]!),
  }
}
