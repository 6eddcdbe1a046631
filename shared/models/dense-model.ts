import { z } from 'zod'

export const hiddenActivations = ['relu', 'tanh', 'sigmoid', 'elu'] as const
export const activationSchema = z.enum(['linear', 'relu', 'tanh', 'sigmoid', 'elu', 'softmax'])
export type Activation = z.infer<typeof activationSchema>

/** A dense layer: `activation(input · kernel + bias)`. */
export interface DenseLayer {
  readonly inputs: number
  readonly outputs: number
  /** Row-major `[inputs][outputs]`, as tfjs and Keras store it. */
  readonly kernel: Float32Array
  readonly bias: Float32Array
  readonly activation: Activation
}

/** A stack of dense layers; the last one is the head: `linear`, `sigmoid` or `softmax`. */
export interface DenseModel {
  readonly layers: readonly DenseLayer[]
}
