import type { BaselineColumn } from '../../shared/drift/baseline.ts'
import { compileCounter, type Layouts } from '../../shared/drift/count.ts'
import { quantileEdges } from '../../shared/drift/quantile-edges.ts'
import { type EvaluationReport, evaluationReport } from '../../shared/evaluation/evaluation-report.ts'
import { sliceRows } from '../../shared/features/batch-buffers.ts'
import { computeMetrics } from '../../shared/metrics/compute-metrics.ts'
import type { Metrics } from '../../shared/metrics/metrics.ts'
import type { Predictions, Predictor } from '../../shared/models/predictor.ts'
import { totalWeight } from './row-weights.ts'
import type { Part } from './trainer-messages.ts'

const sliceSize = 4096

/** Predictions of all rows of a part, by the predictor that also serves, slice by slice. */
function predictPart(predictor: Predictor, part: Part): Predictions {
  let whole: { scores: Float64Array; classIndexes: Int32Array } | undefined
  let outputs = 1
  for (let from = 0; from < part.rows; from += sliceSize) {
    const some = predictor.predict(sliceRows(part, from, Math.min(from + sliceSize, part.rows)))
    outputs = some.outputs
    whole ??= {
      scores: new Float64Array(part.rows * outputs),
      classIndexes: new Int32Array(part.rows),
    }
    whole.scores.set(some.scores.subarray(0, some.rows * outputs), from * outputs)
    whole.classIndexes.set(some.classIndexes.subarray(0, some.rows), from)
  }
  const empty = { scores: new Float64Array(0), classIndexes: new Int32Array(0) }
  return { task: predictor.signature.task, rows: part.rows, outputs, ...(whole ?? empty) }
}

/** Always the training split's class shares and most frequent class, or its mean, by weight, as scikit-learn's dummies do. */
function naivePredictions(like: Predictions, train: Part): Predictions {
  const { task, rows, outputs } = like
  const naive = new Float64Array(outputs)
  const { target, weights } = train
  const total = totalWeight(train)
  for (const [r, value] of target.entries()) {
    const share = (weights ? weights[r]! : 1) / total
    if (task === 'multiclass') naive[value] = naive[value]! + share
    else naive[0] = naive[0]! + share * value
  }
  const largest = task === 'multiclass' ? naive.indexOf(Math.max(...naive)) : naive[0]! >= 0.5 ? 1 : 0
  const scores = new Float64Array(rows * outputs)
  for (let r = 0; r < rows; r++) scores.set(naive, r * outputs)
  return { task, rows, outputs, scores, classIndexes: new Int32Array(rows).fill(largest) }
}

function scoreOfPredicted({ task, rows, outputs, scores, classIndexes }: Predictions): Float64Array {
  if (task !== 'multiclass') return scores.slice(0, rows)
  return Float64Array.from({ length: rows }, (_, r) => scores[r * outputs + classIndexes[r]!]!)
}

function outputLayouts(predictor: Predictor, predictions: Predictions): Layouts['outputs'] {
  const edges = quantileEdges(scoreOfPredicted(predictions))
  if (predictions.task === 'regression') return [{ kind: 'numeric', name: 'prediction', edges }]
  const categories = (predictor.signature.target.classes ?? []).map(String)
  return [
    { kind: 'categorical', name: 'prediction', categories },
    { kind: 'numeric', name: 'score', edges },
  ]
}

/** Metrics on the test rows, beside the naive ones, and the baseline of the outputs. */
export function evaluateModel(
  predictor: Predictor,
  train: Part,
  test: Part,
  keepRows: number,
): {
  metrics: Metrics
  naive: Metrics
  outputs: BaselineColumn[]
  report: EvaluationReport
  scores: Float64Array
} {
  const predictions = predictPart(predictor, test)
  const layouts: Layouts = { features: [], outputs: outputLayouts(predictor, predictions) }
  const counter = compileCounter({
    layouts,
    pipeline: predictor.pipeline,
    classes: predictor.signature.target.classes ?? [],
  })
  counter.addOutputs(predictions)
  const counted = counter.counts().outputs
  return {
    metrics: computeMetrics(test.target, predictions),
    naive: computeMetrics(test.target, naivePredictions(predictions, train)),
    outputs: layouts.outputs.map((layout, i) => ({ layout, stats: counted[i]! })),
    report: evaluationReport(test.target, predictions, predictor.signature),
    scores: predictions.scores.slice(0, keepRows * predictions.outputs),
  }
}

/** Only the metrics on the test rows, which is all that a fold is asked for. */
export function measureModel(predictor: Predictor, test: Part): Metrics {
  return computeMetrics(test.target, predictPart(predictor, test))
}
