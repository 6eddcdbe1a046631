/** HOT LOOP: the last step of a layer, for every row (benchmark: bench/scoring.ts). */
import { assertNever } from '../assert-never.ts'
import type { Activation } from './dense-model.ts'

/** Applies a layer's activation to one row's sums, in place. */
export function activate(activation: Activation, values: Float64Array, count: number): void {
  switch (activation) {
    case 'linear':
      return
    case 'relu':
      for (let i = 0; i < count; i++) if (values[i]! < 0) values[i] = 0
      return
    case 'tanh':
      for (let i = 0; i < count; i++) values[i] = Math.tanh(values[i]!)
      return
    case 'sigmoid':
      for (let i = 0; i < count; i++) values[i] = 1 / (1 + Math.exp(-values[i]!))
      return
    case 'elu':
      for (let i = 0; i < count; i++) if (values[i]! < 0) values[i] = Math.expm1(values[i]!)
      return
    case 'softmax': {
      // Subtracting the largest keeps exp() from overflowing and changes no ratio.
      let largest = Number.NEGATIVE_INFINITY
      for (let i = 0; i < count; i++) if (values[i]! > largest) largest = values[i]!
      let sum = 0
      for (let i = 0; i < count; i++) {
        const power = Math.exp(values[i]! - largest)
        values[i] = power
        sum += power
      }
      for (let i = 0; i < count; i++) values[i] = values[i]! / sum
      return
    }
    default:
      assertNever(activation)
  }
}

/** The same for rows one after another, `outputs` sums each. */
export function activateRows(
  activation: Activation,
  values: Float64Array,
  rows: number,
  outputs: number,
): void {
  if (activation !== 'softmax') activate(activation, values, rows * outputs)
  else
    for (let r = 0; r < rows; r++)
      activate(activation, values.subarray(r * outputs, (r + 1) * outputs), outputs)
}
