/** HOT LOOP: activations of hidden layers and their slopes, in place. */
import { assertNever } from '../../../shared/assert-never.ts'
import type { Hidden } from './network.ts'
import type { NetworkKernel } from './network-kernel.ts'

export interface Activator {
  /** `count` values from byte `at` on. */
  forward(at: number, count: number): void
  /** gradient *= slope of the activation, whose value is `activation · stay`. */
  backward(gradient: number, activation: number, count: number, stay: number): void
}

function pointwise(
  values: Float32Array,
  activate: (value: number) => number,
  slopeOf: (activation: number) => number,
): Activator {
  return {
    forward(at, count) {
      for (let i = at / 4; i < at / 4 + count; i++) values[i] = activate(values[i]!)
    },
    backward(gradient, activation, count, stay) {
      const own = activation / 4
      for (let i = 0, g = gradient / 4; i < count; i++, g++)
        values[g] = values[g]! * slopeOf(values[own + i]! * stay)
    },
  }
}

export function activatorOf(kind: Hidden, kernel: NetworkKernel, values: Float32Array): Activator {
  switch (kind) {
    case 'relu':
      return {
        forward: (at, count) => kernel.relu(at, at + count * 4),
        backward: (gradient, activation, count) =>
          kernel.reluBack(gradient, gradient + count * 4, activation),
      }
    case 'tanh':
      return pointwise(values, Math.tanh, (a) => 1 - a * a)
    case 'sigmoid':
      return pointwise(
        values,
        (value) => 1 / (1 + Math.exp(-value)),
        (a) => a * (1 - a),
      )
    case 'elu':
      return pointwise(
        values,
        (value) => (value < 0 ? Math.expm1(value) : value),
        (a) => (a < 0 ? a + 1 : 1),
      )
    default:
      return assertNever(kind)
  }
}
