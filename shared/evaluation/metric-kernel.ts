/**
 * HOT LOOP: every bootstrap repetition evaluates these over all rows (200 and more times).
 *
 * What a row adds to a metric does not depend on the repetition, so it is computed once; a repetition then is a
 * weighted sum. Ranks for the AUC come from one sort.
 */
import { clipProbability } from '../metrics/clip-probability.ts'
import type { MetricKey } from '../metrics/metrics.ts'
import type { Predictions } from '../models/predictor.ts'

/** Metrics of some of the rows, each counted as often as its weight says. */
export interface MetricKernel {
  readonly keys: readonly MetricKey[]
  readonly rows: number
  /** Writes a value per key into `out`, NaN where the metric has none (an AUC with one class). */
  evaluate(weights: ArrayLike<number>, out: Float64Array): void
}

function binaryKernel(actual: ArrayLike<number>, predictions: Predictions): MetricKernel {
  const { rows, scores, classIndexes } = predictions
  const losses = new Float64Array(rows)
  for (let r = 0; r < rows; r++) {
    losses[r] = -Math.log(clipProbability(actual[r] === 1 ? scores[r]! : 1 - scores[r]!))
  }
  const order = Uint32Array.from({ length: rows }, (_, r) => r).sort((a, b) => scores[a]! - scores[b]!)
  return {
    keys: ['auc', 'logLoss', 'accuracy', 'precision', 'recall', 'f1'],
    rows,
    evaluate(weights, out) {
      let total = 0
      let loss = 0
      let positives = 0
      let truePositives = 0
      let predictedPositives = 0
      for (let r = 0; r < rows; r++) {
        const weight = weights[r]!
        if (weight === 0) continue
        total += weight
        loss += weight * losses[r]!
        if (actual[r] === 1) positives += weight
        if (classIndexes[r] === 1) {
          predictedPositives += weight
          if (actual[r] === 1) truePositives += weight
        }
      }
      // Mann–Whitney: a positive row wins over the negatives below it, and half over those level with it.
      let wins = 0
      let negativesBelow = 0
      for (let start = 0; start < rows; ) {
        const score = scores[order[start]!]!
        let level = 0
        let levelPositives = 0
        let end = start
        for (; end < rows && scores[order[end]!] === score; end++) {
          const weight = weights[order[end]!]!
          if (actual[order[end]!] === 1) levelPositives += weight
          else level += weight
        }
        wins += levelPositives * (negativesBelow + level / 2)
        negativesBelow += level
        start = end
      }
      const negatives = total - positives
      const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
      out[0] = positives === 0 || negatives === 0 ? Number.NaN : wins / (positives * negatives)
      out[1] = loss / total
      out[2] = (total - positives - predictedPositives + 2 * truePositives) / total
      out[3] = ratio(truePositives, predictedPositives)
      out[4] = ratio(truePositives, positives)
      out[5] = ratio(2 * truePositives, predictedPositives + positives)
    },
  }
}

function multiclassKernel(actual: ArrayLike<number>, predictions: Predictions): MetricKernel {
  const { rows, outputs, scores, classIndexes } = predictions
  const losses = new Float64Array(rows)
  for (let r = 0; r < rows; r++) losses[r] = -Math.log(clipProbability(scores[r * outputs + actual[r]!]!))
  const right = new Float64Array(outputs)
  const members = new Float64Array(outputs)
  return {
    keys: ['logLoss', 'accuracy', 'macroF1'],
    rows,
    evaluate(weights, out) {
      right.fill(0)
      members.fill(0)
      let total = 0
      let loss = 0
      let correct = 0
      for (let r = 0; r < rows; r++) {
        const weight = weights[r]!
        if (weight === 0) continue
        const truth = actual[r]!
        const guess = classIndexes[r]!
        total += weight
        loss += weight * losses[r]!
        members[truth] = members[truth]! + weight
        members[guess] = members[guess]! + weight
        if (truth === guess) {
          correct += weight
          right[truth] = right[truth]! + weight
        }
      }
      let sum = 0
      let present = 0
      for (let k = 0; k < outputs; k++) {
        if (members[k] === 0) continue
        present++
        sum += (2 * right[k]!) / members[k]!
      }
      out[0] = loss / total
      out[1] = correct / total
      out[2] = sum / present
    },
  }
}

function regressionKernel(actual: ArrayLike<number>, predictions: Predictions): MetricKernel {
  const { rows, scores } = predictions
  const errors = new Float64Array(rows)
  // Around one of them, so that the sum of squares loses no digits to a large mean.
  const middle = rows === 0 ? 0 : actual[0]!
  for (let r = 0; r < rows; r++) errors[r] = Math.abs(actual[r]! - scores[r]!)
  return {
    keys: ['rmse', 'mae', 'r2'],
    rows,
    evaluate(weights, out) {
      let total = 0
      let absolute = 0
      let squared = 0
      let sum = 0
      let sumOfSquares = 0
      for (let r = 0; r < rows; r++) {
        const weight = weights[r]!
        if (weight === 0) continue
        const error = errors[r]!
        const from = actual[r]! - middle
        total += weight
        absolute += weight * error
        squared += weight * error * error
        sum += weight * from
        sumOfSquares += weight * from * from
      }
      const spread = sumOfSquares - (sum * sum) / total
      out[0] = Math.sqrt(squared / total)
      out[1] = absolute / total
      // A target that does not vary within the rows has no R² but by scikit-learn's convention.
      out[2] = spread <= sumOfSquares * 1e-15 ? (squared === 0 ? 1 : 0) : 1 - squared / spread
    },
  }
}

/** Metrics by task, by the definitions of `computeMetrics`. @param actual class index or number per row */
export function metricKernel(actual: ArrayLike<number>, predictions: Predictions): MetricKernel {
  switch (predictions.task) {
    case 'binary':
      return binaryKernel(actual, predictions)
    case 'multiclass':
      return multiclassKernel(actual, predictions)
    case 'regression':
      return regressionKernel(actual, predictions)
  }
}
