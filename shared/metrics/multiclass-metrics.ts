import { clipProbability } from './clip-probability.ts'
import type { Metrics } from './metrics.ts'

/**
 * Metrics of a classifier with several classes, by scikit-learn's definitions. Macro F1 is the plain mean over
 * the classes that occur among the actual or the predicted ones; a class never predicted right counts 0.
 *
 * @param actual class index per row
 * @param probabilities row-major `[rows][classes]`
 * @param predicted class index per row
 */
export function multiclassMetrics(
  actual: ArrayLike<number>,
  probabilities: Float64Array,
  predicted: ArrayLike<number>,
  classes: number,
): Metrics {
  const rows = actual.length
  const right = new Float64Array(classes)
  const actualCount = new Float64Array(classes)
  const predictedCount = new Float64Array(classes)
  let loss = 0
  let correct = 0
  for (let r = 0; r < rows; r++) {
    const truth = actual[r]!
    const guess = predicted[r]!
    loss -= Math.log(clipProbability(probabilities[r * classes + truth]!))
    actualCount[truth] = actualCount[truth]! + 1
    predictedCount[guess] = predictedCount[guess]! + 1
    if (truth === guess) {
      correct++
      right[truth] = right[truth]! + 1
    }
  }
  let sum = 0
  let present = 0
  for (let k = 0; k < classes; k++) {
    const members = actualCount[k]! + predictedCount[k]!
    if (members === 0) continue
    present++
    sum += (2 * right[k]!) / members
  }
  return { accuracy: correct / rows, macroF1: sum / present, logLoss: loss / rows }
}
