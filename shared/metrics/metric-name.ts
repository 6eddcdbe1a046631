import type { MetricKey } from './metrics.ts'

const names: Record<MetricKey, string> = {
  auc: 'AUC',
  logLoss: 'Log loss',
  accuracy: 'Accuracy',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
  macroF1: 'Macro F1',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
}

const nameOf = new Map<string, string>(Object.entries(names))

/** A metric's name as people write it; a metric of the user's own has the name that it was given. */
export function metricName(key: string): string {
  return nameOf.get(key) ?? key
}
