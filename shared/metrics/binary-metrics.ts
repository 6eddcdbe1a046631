import { clipProbability } from './clip-probability.ts'
import type { Metrics } from './metrics.ts'

/**
 * Area under the ROC curve as the Mann–Whitney statistic: the chance that a positive row scores above a
 * negative one, ties counting half. NaN where either class is absent.
 *
 * @param actual 0 or 1 per row
 */
export function rocAuc(actual: ArrayLike<number>, scores: Float64Array): number {
  const rows = actual.length
  const order = Uint32Array.from({ length: rows }, (_, i) => i)
  order.sort((a, b) => scores[a]! - scores[b]!)
  let positives = 0
  let rankSum = 0
  for (let start = 0; start < rows; ) {
    let end = start + 1
    while (end < rows && scores[order[end]!] === scores[order[start]!]) end++
    const sharedRank = (start + 1 + end) / 2
    for (let i = start; i < end; i++) {
      if (actual[order[i]!] === 1) {
        positives++
        rankSum += sharedRank
      }
    }
    start = end
  }
  const negatives = rows - positives
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/**
 * Metrics of a binary classifier, by scikit-learn's definitions; class 1 is the positive one.
 * A ratio with nothing below the line (no row predicted positive) is 0. `auc` is left out where one class is absent.
 *
 * @param actual 0 or 1 per row
 * @param scores P(positive) per row
 * @param predicted 0 or 1 per row
 */
export function binaryMetrics(
  actual: ArrayLike<number>,
  scores: Float64Array,
  predicted: ArrayLike<number>,
): Metrics {
  const rows = actual.length
  let loss = 0
  let truePositives = 0
  let falsePositives = 0
  let falseNegatives = 0
  for (let r = 0; r < rows; r++) {
    const positive = clipProbability(scores[r]!)
    // 1 − p is clipped on its own, as scikit-learn clips both columns.
    loss -= Math.log(actual[r] === 1 ? positive : clipProbability(1 - scores[r]!))
    if (predicted[r] === 1) {
      if (actual[r] === 1) truePositives++
      else falsePositives++
    } else if (actual[r] === 1) falseNegatives++
  }
  const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
  const auc = rocAuc(actual, scores)
  return {
    ...(Number.isNaN(auc) ? {} : { auc }),
    logLoss: loss / rows,
    accuracy: (rows - falsePositives - falseNegatives) / rows,
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  }
}
