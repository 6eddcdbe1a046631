import type { DenseLayer } from '../../../shared/models/dense-model.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import type { Random } from '../seeded-random.ts'

export type Hidden = 'relu' | 'tanh' | 'sigmoid' | 'elu'

export interface NetworkSpec {
  task: Task
  /** Units per layer, from the inputs to the outputs. */
  sizes: readonly number[]
  activation: Hidden
  /** Share of the hidden units left out at every step. */
  dropout: number
  batchNorm: boolean
  optimizer: 'adam' | 'sgd'
  momentum: number
  l2: number
  /** Most rows at a time. */
  capacity: number
  random: Random
}

/** One layer's weights; with batch normalisation `bias` is its shift, else `gamma` and the moments are null. */
export interface LayerState {
  inputs: number
  outputs: number
  /** Row-major `[inputs][outputs]`. */
  kernel: Float32Array
  bias: Float32Array
  norm: { gamma: Float32Array; mean: Float32Array; variance: Float32Array } | null
}

export interface Gradients {
  /** Summed over rows, weighted, without the penalty. */
  loss: number
  /** Of the mean loss plus penalty. */
  layers: readonly { kernel: Float32Array; bias: Float32Array; gamma: Float32Array | null }[]
}

/** A dense network in training: on our own kernel or on tfjs, with the same arithmetic but for rounding. */
export interface Network {
  /** Row r of the batch begins at `r * stride`; whoever trains fills it before each call. */
  readonly inputs: Float32Array
  readonly stride: number
  /** One step of the optimiser on the first `rows` rows; weights are about 1 on average. Answers the summed loss before it. */
  step(rows: number, target: Float64Array, weights: Float64Array | null, rate: number): number
  /** Outputs before activation as the finished model gives them, `[rows][outputs]`; valid until the next call. */
  predict(rows: number): Float64Array
  gradients(rows: number, target: Float64Array, weights: Float64Array | null): Gradients
  state(): LayerState[]
  dispose(): void
}

/** Of the running mean and variance that the finished model normalises by: PyTorch's. */
export const normMomentum = 0.1
export const normEpsilon = 1e-5
export const adamBetas = [0.9, 0.999] as const
export const adamEpsilon = 1e-8

/** Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010); biases zero. */
export function initialLayers({ sizes, batchNorm, random }: NetworkSpec): LayerState[] {
  return sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l]!
    const limit = Math.sqrt(6 / (inputs + outputs))
    return {
      inputs,
      outputs,
      kernel: Float32Array.from({ length: inputs * outputs }, () => limit * (2 * random() - 1)),
      bias: new Float32Array(outputs),
      norm:
        batchNorm && l < sizes.length - 2
          ? {
              gamma: new Float32Array(outputs).fill(1),
              mean: new Float32Array(outputs),
              variance: new Float32Array(outputs).fill(1),
            }
          : null,
    }
  })
}

/** Writes 0 for a unit left out and 1 / (1 − share) for one that stays. */
export function fillDropMask(
  mask: Float32Array,
  rows: number,
  units: number,
  stride: number,
  share: number,
  random: Random,
): void {
  const kept = 1 / (1 - share)
  for (let r = 0; r < rows; r++) {
    for (let u = 0; u < units; u++) mask[r * stride + u] = random() < share ? 0 : kept
  }
}

/** The layers as they predict: batch normalisation, which comes before the activation, goes into kernel and bias. */
export function foldNetwork(
  state: readonly LayerState[],
  hidden: Hidden,
  head: DenseLayer['activation'],
): DenseLayer[] {
  return state.map(({ inputs, outputs, kernel, bias, norm }, l) => {
    const activation = l === state.length - 1 ? head : hidden
    if (!norm) return { inputs, outputs, kernel, bias, activation }
    const factor = Float64Array.from(
      norm.gamma,
      (gamma, o) => gamma / Math.sqrt(norm.variance[o]! + normEpsilon),
    )
    return {
      inputs,
      outputs,
      kernel: kernel.map((value, i) => value * factor[i % outputs]!),
      bias: bias.map((value, o) => value - norm.mean[o]! * factor[o]!),
      activation,
    }
  })
}
