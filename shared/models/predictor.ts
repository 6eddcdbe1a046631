/** HOT LOOP: pipeline and model in one, for training, batch scoring and requests (benchmark: bench/serving.ts). */
import type { Batch } from '../features/batch.ts'
import { compilePipeline } from '../features/compile-pipeline.ts'
import type { Pipeline } from '../features/pipeline.ts'
import type { Label, Signature, Task } from '../signature/signature.ts'
import type { BatchScorer, Scorer } from './scorer.ts'

/** A row is positive from this probability on. */
export const binaryThreshold = 0.5

/** Scores of a batch. The arrays are used again: they may be longer than needed and are valid until the next `predict`. */
export interface Predictions {
  readonly task: Task
  readonly rows: number
  /** Scores per row: binary 1 (P(positive)), multiclass one probability per class, regression 1 (the value). */
  readonly outputs: number
  /** Row-major, `rows * outputs` of them count. */
  readonly scores: Float64Array
  /** Classification: index of the predicted class in the signature's `classes`. Regression: untouched. */
  readonly classIndexes: Int32Array
}

export interface Predictor {
  readonly signature: Signature
  readonly pipeline: Pipeline
  predict(batch: Batch): Predictions
  /** Class labels in their original type, or numbers. */
  predictions(of: Predictions): Label[]
  /** Per row a probability per class, in the signature's order; null for regression. */
  probabilities(of: Predictions): number[][] | null
}

function outputsOf(signature: Signature): number {
  const classes = signature.target.classes?.length ?? 0
  if (signature.task === 'regression') return 1
  if (signature.task === 'binary') {
    if (classes !== 2) throw new Error(`A binary signature has two classes, not ${classes}.`)
    return 1
  }
  return classes
}

function decide(task: Task, scores: Float64Array, rows: number, outputs: number, into: Int32Array): void {
  if (task === 'regression') return
  if (task === 'binary') {
    for (let r = 0; r < rows; r++) into[r] = scores[r]! >= binaryThreshold ? 1 : 0
    return
  }
  for (let r = 0; r < rows; r++) {
    let best = 0
    for (let k = 1; k < outputs; k++) {
      if (scores[r * outputs + k]! > scores[r * outputs + best]!) best = k
    }
    into[r] = best
  }
}

/** What is predicted for each row: class labels in their original type, or numbers. */
export function predictedLabels({ task, target }: Signature, of: Predictions): Label[] {
  const classes = target.classes ?? []
  const values: Label[] = new Array(of.rows)
  for (let r = 0; r < of.rows; r++) {
    values[r] = task === 'regression' ? of.scores[r]! : classes[of.classIndexes[r]!]!
  }
  return values
}

/** Per row a probability per class, in the signature's order; null for regression. */
export function predictedProbabilities({ task }: Signature, of: Predictions): number[][] | null {
  if (task === 'regression') return null
  const { outputs } = of
  const rows: number[][] = new Array(of.rows)
  for (let r = 0; r < of.rows; r++) {
    const positive = of.scores[r]!
    rows[r] =
      task === 'binary'
        ? [1 - positive, positive]
        : Array.from(of.scores.subarray(r * outputs, (r + 1) * outputs))
  }
  return rows
}

export function createPredictor(parts: {
  signature: Signature
  pipeline: Pipeline
  model: Scorer | BatchScorer
}): Predictor {
  const { signature, pipeline, model } = parts
  const { task } = signature
  const outputs = outputsOf(signature)
  if (model.inputs !== pipeline.width || model.outputs !== outputs) {
    throw new Error(
      `The model maps ${model.inputs} inputs to ${model.outputs} outputs; the pipeline and signature need ${pipeline.width} and ${outputs}.`,
    )
  }
  const compiled = compilePipeline(pipeline)
  const overColumns = 'scoreBatch' in model ? null : (model.overColumns?.(pipeline) ?? null)
  let scores = new Float64Array(outputs)
  let classIndexes = new Int32Array(1)
  return {
    signature,
    pipeline,
    predict(batch) {
      const { rows } = batch
      if (classIndexes.length < rows) {
        scores = new Float64Array(rows * outputs)
        classIndexes = new Int32Array(rows)
      }
      if ('scoreBatch' in model) model.scoreBatch(batch, scores, classIndexes)
      else {
        if (overColumns === null) model.score(compiled.inputs(batch), rows, scores)
        else overColumns(batch, scores)
        decide(task, scores, rows, outputs, classIndexes)
      }
      return { task, rows, outputs, scores, classIndexes }
    },
    predictions: (of) => predictedLabels(signature, of),
    probabilities: (of) => predictedProbabilities(signature, of),
  }
}
