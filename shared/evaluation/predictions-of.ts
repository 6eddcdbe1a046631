import { binaryThreshold, type Predictions } from '../models/predictor.ts'
import type { Task } from '../signature/signature.ts'

/** Scores that were kept, as the predictions they came from. @param scores row-major `rows × outputs` */
export function predictionsOf(task: Task, scores: Float64Array, outputs: number): Predictions {
  const rows = scores.length / outputs
  const classIndexes = new Int32Array(rows)
  for (let r = 0; r < rows; r++) {
    if (task === 'binary') classIndexes[r] = scores[r]! >= binaryThreshold ? 1 : 0
    else if (task === 'multiclass') {
      let best = 0
      for (let k = 1; k < outputs; k++) {
        if (scores[r * outputs + k]! > scores[r * outputs + best]!) best = k
      }
      classIndexes[r] = best
    }
  }
  return { task, rows, outputs, scores, classIndexes }
}
