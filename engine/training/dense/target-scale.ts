import type { DenseLayer } from '../../../shared/models/dense-model.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import { totalWeight } from '../row-weights.ts'
import type { Part } from '../trainer-messages.ts'

/** Optimisers see `(target − mean) / deviation`; the last layer takes it back. Classes are left alone. */
export interface TargetScale {
  readonly mean: number
  readonly deviation: number
}

/** Mean and deviation of the rows that are trained on, each by its weight: a row that weighs nothing has no say. */
export function fitTargetScale(task: Task, train: Pick<Part, 'rows' | 'target' | 'weights'>): TargetScale {
  if (task !== 'regression') return { mean: 0, deviation: 1 }
  const { target, weights } = train
  const total = totalWeight(train)
  let mean = 0
  for (let r = 0; r < target.length; r++) mean += ((weights ? weights[r]! : 1) * target[r]!) / total
  let variance = 0
  for (let r = 0; r < target.length; r++) {
    variance += ((weights ? weights[r]! : 1) * (target[r]! - mean) ** 2) / total
  }
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
