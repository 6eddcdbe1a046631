/**
 * HOT LOOP: scores every request, batch row and test row (benchmark: bench/serving.ts).
 *
 * Float semantics: inputs and weights are float32, every product, sum and activation is float64, and nothing
 * is rounded back between layers. A row is computed alone and always in the same order of operations, so a row
 * scored by itself, in a batch or in a shuffled batch gets the same bits. tfjs sums in float32 and differs by about 1e-7.
 */
import { assertNever } from '../assert-never.ts'
import type { Activation, DenseLayer, DenseModel } from './dense-model.ts'
import type { Scorer } from './scorer.ts'

export interface DenseScorer extends Scorer {
  /** Of the last layer. */
  readonly activation: Activation
}

function activate(activation: Activation, values: Float64Array, count: number): void {
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

/** Adds `source[from …] · kernel` to `sums`. Zeros, most of a one-hot row, are passed over. */
function accumulate(layer: DenseLayer, source: ArrayLike<number>, from: number, sums: Float64Array): void {
  const { inputs, outputs, kernel, bias } = layer
  if (outputs === 1) {
    let sum = bias[0]!
    for (let i = 0; i < inputs; i++) {
      const value = source[from + i]!
      if (value !== 0) sum += value * kernel[i]!
    }
    sums[0] = sum
    return
  }
  for (let o = 0; o < outputs; o++) sums[o] = bias[o]!
  for (let i = 0; i < inputs; i++) {
    const value = source[from + i]!
    if (value === 0) continue
    const row = i * outputs
    for (let o = 0; o < outputs; o++) sums[o] = sums[o]! + value * kernel[row + o]!
  }
}

export function createDenseScorer(model: DenseModel): DenseScorer {
  const { layers } = model
  const first = layers[0]
  const last = layers.at(-1)
  if (!first || !last) throw new Error('A dense model has at least one layer.')
  const sums = layers.map((layer) => new Float64Array(layer.outputs))
  const result = sums.at(-1)!
  return {
    inputs: first.inputs,
    outputs: last.outputs,
    activation: last.activation,
    score(inputs, rows, out) {
      for (let r = 0; r < rows; r++) {
        accumulate(first, inputs, r * first.inputs, sums[0]!)
        activate(first.activation, sums[0]!, first.outputs)
        for (let l = 1; l < layers.length; l++) {
          const layer = layers[l]!
          accumulate(layer, sums[l - 1]!, 0, sums[l]!)
          activate(layer.activation, sums[l]!, layer.outputs)
        }
        out.set(result, r * last.outputs)
      }
    },
  }
}
