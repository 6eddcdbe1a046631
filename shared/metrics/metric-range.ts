import type { MetricKey } from './metrics.ts'

const share = [0, 1] as const
const atLeastZero = [0, Number.POSITIVE_INFINITY] as const

/** The lowest and the highest value that a metric can have. */
export const metricRange: Readonly<Record<MetricKey, readonly [low: number, high: number]>> = {
  auc: share,
  logLoss: atLeastZero,
  accuracy: share,
  precision: share,
  recall: share,
  f1: share,
  macroF1: share,
  rmse: atLeastZero,
  mae: atLeastZero,
  // Worse than the mean without limit.
  r2: [Number.NEGATIVE_INFINITY, 1],
}
