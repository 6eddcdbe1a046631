import type { Metrics } from './metrics.ts'

/**
 * Metrics of a regression, by scikit-learn's definitions, in the target's unit (R² has none).
 * R² of a constant target is 1 for exact predictions, else 0.
 */
export function regressionMetrics(actual: ArrayLike<number>, predicted: ArrayLike<number>): Metrics {
  const rows = actual.length
  let sum = 0
  for (let r = 0; r < rows; r++) sum += actual[r]!
  const mean = sum / rows
  let absolute = 0
  let squared = 0
  let total = 0
  for (let r = 0; r < rows; r++) {
    const error = actual[r]! - predicted[r]!
    absolute += Math.abs(error)
    squared += error * error
    total += (actual[r]! - mean) ** 2
  }
  const constant = squared === 0 ? 1 : 0
  return {
    rmse: Math.sqrt(squared / rows),
    mae: absolute / rows,
    r2: total === 0 ? constant : 1 - squared / total,
  }
}
