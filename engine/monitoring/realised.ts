import { computeMetrics } from '../../shared/metrics/compute-metrics.ts'
import { type MetricKey, type Metrics, mainMetric } from '../../shared/metrics/metrics.ts'
import type { Signature } from '../../shared/signature/signature.ts'

/** A prediction whose truth is known, as the database keeps it. */
export interface Labelled {
  prediction: string
  actual: string
  /** In the signature's order of classes. */
  probabilities: number[] | null
}

export interface Realised {
  /** Pairs that the metrics rest on. */
  n: number
  metrics: Metrics
}

/** Metrics that need only the decision, not its probability. */
const ofDecisions: readonly MetricKey[] = ['accuracy', 'precision', 'recall', 'f1', 'macroF1']

function regression(labelled: readonly Labelled[]): Realised {
  const pairs = labelled
    .map(({ prediction, actual }) => ({ prediction: Number(prediction), actual: Number(actual) }))
    .filter(({ prediction, actual }) => Number.isFinite(prediction) && Number.isFinite(actual))
  if (pairs.length === 0) return { n: 0, metrics: {} }
  const metrics = computeMetrics(
    pairs.map((pair) => pair.actual),
    {
      task: 'regression',
      rows: pairs.length,
      outputs: 1,
      scores: Float64Array.from(pairs, (pair) => pair.prediction),
      classIndexes: new Int32Array(pairs.length),
    },
  )
  return { n: pairs.length, metrics }
}

/**
 * Realised performance: what came true against what was predicted, by the metrics of the test split.
 * Feedback that names no class of the model (or no number) is left out of `n`.
 */
export function realisedPerformance(signature: Signature, labelled: readonly Labelled[]): Realised {
  if (signature.task === 'regression') return regression(labelled)
  const index = new Map((signature.target.classes ?? []).map((label, i) => [String(label), i]))
  const pairs = labelled.filter((pair) => index.has(pair.prediction) && index.has(pair.actual))
  const rows = pairs.length
  if (rows === 0) return { n: 0, metrics: {} }
  const outputs = signature.task === 'binary' ? 1 : index.size
  const scores = new Float64Array(rows * outputs)
  const scored = pairs.every((pair) => pair.probabilities?.length === index.size)
  for (let row = 0; row < rows; row++) {
    const { probabilities } = pairs[row]!
    if (!probabilities) continue
    if (outputs === 1) scores[row] = probabilities[1] ?? 0
    else scores.set(probabilities.slice(0, outputs), row * outputs)
  }
  const metrics = computeMetrics(
    pairs.map((pair) => index.get(pair.actual)!),
    {
      task: signature.task,
      rows,
      outputs,
      scores,
      classIndexes: Int32Array.from(pairs, (pair) => index.get(pair.prediction)!),
    },
  )
  if (scored) return { n: rows, metrics }
  const kept: Metrics = {}
  for (const key of ofDecisions) {
    const value = metrics[key]
    if (value !== undefined) kept[key] = value
  }
  return { n: rows, metrics: kept }
}

/** The metric that one looks at first: the task's own where probabilities are known, else the share that was right. */
export function mainRealised(
  signature: Signature,
  labelled: readonly Labelled[],
): { metric: MetricKey; value: number; n: number } | null {
  const { n, metrics } = realisedPerformance(signature, labelled)
  for (const metric of [mainMetric[signature.task].key, 'accuracy'] as const) {
    const value = metrics[metric]
    if (value !== undefined && Number.isFinite(value)) return { metric, value, n }
  }
  return null
}
