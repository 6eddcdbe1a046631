/** HOT LOOP: SHAP values of up to 1,000 rows, in blocks that bound the memory. */
import type { Explanation, ImportanceReport } from '../../shared/contract/evaluation.ts'
import { contributionsByColumn, type ShapSummary, shapSummary } from '../../shared/evaluation/shap-summary.ts'
import { inputNames } from '../../shared/features/assemble-pipeline.ts'
import type { Batch } from '../../shared/features/batch.ts'
import { sliceRows } from '../../shared/features/batch-buffers.ts'
import { compilePipeline } from '../../shared/features/compile-pipeline.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import { readingOf } from '../../shared/features/reading.ts'
import { readGbdtModel } from '../../shared/models/gbdt/parse-gbdt-model.ts'
import { treeImportance } from '../../shared/models/gbdt/tree-importance.ts'
import { createTreeShap } from '../../shared/models/gbdt/tree-shap.ts'
import { type ModelParts, openPredictor } from '../../shared/models/open-predictor.ts'
import { modelFormatOf } from '../../shared/models/parse-model.ts'
import { modelEngines } from '../scoring/model-engines.ts'
import type { EvaluationJob } from './evaluation-job.ts'

const summaryRows = 1_000
const shownRows = 300
const blockRows = 64

/** The column that each model input comes from; inputs made of two columns belong to the last place, `interactions`. */
export function inputColumns(pipeline: Pipeline): { names: string[]; columns: Int32Array } {
  const names = pipeline.columns.map((column) => column.name)
  const columns = new Int32Array(pipeline.width).fill(names.length)
  let at = 0
  pipeline.columns.forEach((encoder, c) => {
    const inputs = inputNames(encoder).length
    columns.fill(c, at, at + inputs)
    at += inputs
  })
  return { names: at < pipeline.width ? [...names, 'interactions'] : names, columns }
}

/** Gain and cover of a model's trees by column; null for other models. */
export function gainsOfTrees({ modelJson, pipeline }: ModelParts): ImportanceReport['trees'] {
  if (modelFormatOf(modelJson) !== 'xgboost') return null
  const { weight, gain, cover } = treeImportance(readGbdtModel(modelJson))
  const { names, columns } = inputColumns(pipeline)
  const sums = names.map((column) => ({ column, splits: 0, gain: 0, cover: 0 }))
  columns.forEach((c, input) => {
    const sum = sums[c]!
    sum.splits += weight[input]!
    sum.gain += gain[input]!
    sum.cover += cover[input]!
  })
  const means = sums.map(({ column, splits, gain, cover }) => ({
    column,
    splits,
    gain: splits === 0 ? 0 : gain / splits,
    cover: splits === 0 ? 0 : cover / splits,
  }))
  return means.sort((a, b) => b.gain * b.splits - a.gain * a.splits)
}

/** The output explained where a model has several: of a binary one the positive class. */
function outputName({ signature }: ModelParts, output: number): string {
  const { task, target } = signature
  if (task === 'regression') return target.name
  return String((target.classes ?? [])[task === 'binary' ? 1 : output] ?? target.name)
}

/** Contributions of one output, `rows × names`. */
function contributions(model: ModelParts, batch: Batch, output: number) {
  const shap = createTreeShap(readGbdtModel(model.modelJson))
  const { names, columns } = inputColumns(model.pipeline)
  const compiled = compilePipeline(model.pipeline)
  const found = new Float64Array(batch.rows * names.length)
  for (let from = 0; from < batch.rows; from += blockRows) {
    const rows = Math.min(blockRows, batch.rows - from)
    const block = { ...batch, ...sliceRows(batch, from, from + rows) }
    const one = shap.explainOutput(compiled.inputs(block), rows, output)
    found.set(contributionsByColumn(one, rows, columns, names.length), from * names.length)
  }
  return { names, found, base: shap.base[output]! }
}

/** SHAP values of the first kept rows, by column. */
export function summariseShap(job: Extract<EvaluationJob, { kind: 'shap' }>): ShapSummary {
  const { model, output } = job
  const batch = { ...job.batch, ...sliceRows(job.batch, 0, Math.min(job.batch.rows, summaryRows)) }
  const { names, found } = contributions(model, batch, output)
  // A text, and what comes from two columns, has no order of its own.
  const columns = names.map((_, c) => {
    const encoder = model.pipeline.columns[c]
    const values = batch.columns[c]
    return encoder && values && readingOf(encoder) !== 'text' ? values : new Int32Array(batch.rows)
  })
  return shapSummary(found, { ...batch, columns }, names, outputName(model, output), shownRows)
}

/** Why rows are predicted as they are: contributions to the margin of each one's predicted class, or of the number. */
export async function explainRows(
  job: Extract<EvaluationJob, { kind: 'explain' }>,
): Promise<Omit<Explanation, 'row' | 'values'>[]> {
  const { model, batch } = job
  const predictor = await openPredictor(model, modelEngines)
  const predicted = predictor.predict(batch)
  const predictions = predictor.predictions(predicted)
  const explained = new Map<number, ReturnType<typeof contributions>>()
  return predictions.map((prediction, r) => {
    const output = predicted.task === 'multiclass' ? predicted.classIndexes[r]! : 0
    const of = explained.get(output) ?? contributions(model, batch, output)
    explained.set(output, of)
    const { names, found, base } = of
    const listed = names.map((column, c) => ({ column, value: found[r * names.length + c]! }))
    return {
      prediction: String(prediction),
      output: predicted.task === 'regression' ? null : outputName(model, output),
      base,
      margin: listed.reduce((sum, { value }) => sum + value, base),
      contributions: listed.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)),
    }
  })
}
