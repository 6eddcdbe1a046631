import type { DenseLayer } from '../../../shared/models/dense-model.ts'
import type { Task } from '../../../shared/signature/signature.ts'

/** Optimisers see `(target − mean) / deviation`; the last layer takes it back. Classes are left alone. */
export interface TargetScale {
  readonly mean: number
  readonly deviation: number
}

export function fitTargetScale(task: Task, target: Float64Array): TargetScale {
  if (task !== 'regression') return { mean: 0, deviation: 1 }
  let mean = 0
  for (const value of target) mean += value / target.length
  let variance = 0
  for (const value of target) variance += (value - mean) ** 2 / target.length
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 }
}

export function scaleTarget(target: Float64Array, { mean, deviation }: TargetScale): Float64Array {
  return target.map((value) => (value - mean) / deviation)
}

/** The last layer as it must be to answer in the target's own unit. */
export function foldTargetScale(layer: DenseLayer, { mean, deviation }: TargetScale): DenseLayer {
  return {
    ...layer,
    kernel: layer.kernel.map((value) => value * deviation),
    bias: layer.bias.map((value) => value * deviation + mean),
  }
}
