import type { Predictions } from '../models/predictor.ts'
import { binaryMetrics } from './binary-metrics.ts'
import type { Metrics } from './metrics.ts'
import { multiclassMetrics } from './multiclass-metrics.ts'
import { regressionMetrics } from './regression-metrics.ts'

/**
 * Metrics of predictions by their task.
 *
 * @param actual class index per row, or the number for regression; as many as `predictions.rows`
 */
export function computeMetrics(actual: ArrayLike<number>, predictions: Predictions): Metrics {
  const { rows, outputs, scores, classIndexes } = predictions
  switch (predictions.task) {
    case 'binary':
      return binaryMetrics(actual, scores.subarray(0, rows), classIndexes)
    case 'multiclass':
      return multiclassMetrics(actual, scores, classIndexes, outputs)
    case 'regression':
      return regressionMetrics(actual, scores)
  }
}
