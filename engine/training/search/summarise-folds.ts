import type { FoldSummary } from '../../../shared/catalog/training-results.ts'
import { metricRange } from '../../../shared/metrics/metric-range.ts'
import { type MetricKey, type Metrics, metricKeys } from '../../../shared/metrics/metrics.ts'
import { studentQuantile } from '../../../shared/metrics/student-quantile.ts'

export interface MeasuredFold {
  rows: { train: number; validation: number; test: number }
  metrics: Metrics
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Sample standard deviation (n − 1); 0 of one value. */
export function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

/**
 * Mean, spread and 95 % interval of each metric over folds. The interval is Student's with the variance of Nadeau
 * and Bengio (2003), σ²(1/J + test/train): folds share training rows, so a plain t interval would be too narrow.
 * It ends where the metric does: of few folds it would reach beyond.
 */
export function summariseFolds(folds: readonly MeasuredFold[]): Partial<Record<MetricKey, FoldSummary>> {
  const ratio = meanOf(folds.map(({ rows }) => rows.test / (rows.train + rows.validation)))
  const summary: Partial<Record<MetricKey, FoldSummary>> = {}
  for (const key of metricKeys) {
    const values = folds.flatMap(({ metrics }) => metrics[key] ?? [])
    if (values.length === 0) continue
    const mean = meanOf(values)
    const sd = deviationOf(values)
    if (values.length < 2) {
      summary[key] = { mean, sd, low: null, high: null }
      continue
    }
    const half = studentQuantile(0.975, values.length - 1) * sd * Math.sqrt(1 / values.length + ratio)
    const [lowest, highest] = metricRange[key]
    summary[key] = { mean, sd, low: Math.max(lowest, mean - half), high: Math.min(highest, mean + half) }
  }
  return summary
}
