import type { Task } from '../../../shared/signature/signature.ts'

/**
 * The summed loss of a batch and, where asked, its gradient by the head's outputs before activation.
 * Binary: −log of the logistic likelihood. Multiclass: −log of the softmax likelihood. Regression: ½ (z − y)².
 * In float64, so that a line search can still see the last small decreases.
 *
 * @param z outputs before activation, row-major `[rows][outputs]`
 * @param target class index or number per row, from `start` on
 * @param residual gets the gradient, `z.length` values
 * @param weights a weight per row, from `start` on; null weighs every row 1
 */
export function headLoss(
  task: Task,
  z: ArrayLike<number>,
  target: Float64Array,
  start: number,
  rows: number,
  outputs: number,
  residual: Float32Array | Float64Array | null = null,
  weights: Float64Array | null = null,
): number {
  let loss = 0
  if (task === 'regression') {
    for (let r = 0; r < rows; r++) {
      const weight = weights ? weights[start + r]! : 1
      const error = z[r]! - target[start + r]!
      loss += weight * 0.5 * error * error
      if (residual) residual[r] = weight * error
    }
    return loss
  }
  if (task === 'binary') {
    for (let r = 0; r < rows; r++) {
      const weight = weights ? weights[start + r]! : 1
      const value = z[r]!
      const truth = target[start + r]!
      const small = Math.exp(-Math.abs(value))
      loss += weight * (Math.log1p(small) + Math.max(value, 0) - value * truth)
      if (residual) residual[r] = weight * ((value >= 0 ? 1 : small) / (1 + small) - truth)
    }
    return loss
  }
  for (let r = 0; r < rows; r++) {
    const weight = weights ? weights[start + r]! : 1
    const base = r * outputs
    const truth = target[start + r]!
    let largest = Number.NEGATIVE_INFINITY
    for (let k = 0; k < outputs; k++) if (z[base + k]! > largest) largest = z[base + k]!
    let sum = 0
    for (let k = 0; k < outputs; k++) sum += Math.exp(z[base + k]! - largest)
    loss += weight * (Math.log(sum) + largest - z[base + truth]!)
    if (!residual) continue
    for (let k = 0; k < outputs; k++) {
      residual[base + k] = weight * (Math.exp(z[base + k]! - largest) / sum - (k === truth ? 1 : 0))
    }
  }
  return loss
}
