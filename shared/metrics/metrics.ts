import { z } from 'zod'

export const metricKeys = [
  'auc',
  'logLoss',
  'accuracy',
  'precision',
  'recall',
  'f1',
  'macroF1',
  'rmse',
  'mae',
  'r2',
] as const
export type MetricKey = (typeof metricKeys)[number]

/** Metrics of the test split; the keys present depend on the task. */
export const metricsSchema = z.partialRecord(z.enum(metricKeys), z.number())
export type Metrics = z.infer<typeof metricsSchema>

/** The metric shown first for a task, and whether more is better. */
export const mainMetric = {
  binary: { key: 'auc', higherIsBetter: true },
  multiclass: { key: 'accuracy', higherIsBetter: true },
  regression: { key: 'rmse', higherIsBetter: false },
} as const satisfies Record<string, { key: MetricKey; higherIsBetter: boolean }>
