import type { MetricKey } from './metrics.ts'

const lowerIsBetter: ReadonlySet<MetricKey> = new Set(['logLoss', 'rmse', 'mae'])

export function higherIsBetter(key: MetricKey): boolean {
  return !lowerIsBetter.has(key)
}
