import { type Activation, type DenseModel, hiddenActivations } from '../dense-model.ts'

/** Numbers from 0 (included) to 1 (excluded). */
type Random = () => number

function weights(random: Random, size: number): Float32Array {
  return new Float32Array(size).map(() => (random() - 0.5) * 4)
}

/** A stack of one to four layers with any activation and head. */
export function randomModel(random: Random): DenseModel {
  const heads: Activation[] = ['linear', 'sigmoid', 'softmax']
  const hidden = hiddenActivations[Math.floor(random() * hiddenActivations.length)]!
  const head = heads[Math.floor(random() * heads.length)]!
  const sizes = Array.from({ length: 2 + Math.floor(random() * 4) }, () => 1 + Math.floor(random() * 5))
  const layers = sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l]!
    const activation = l === sizes.length - 2 ? head : hidden
    return {
      inputs,
      outputs,
      kernel: weights(random, inputs * outputs),
      bias: weights(random, outputs),
      activation,
    }
  })
  return { layers }
}

/** Up to twelve rows of row-major inputs, with the zeros that one-hot rows are full of. */
export function randomInputs(random: Random, model: DenseModel): { rows: number; inputs: Float32Array } {
  const rows = 1 + Math.floor(random() * 12)
  const width = model.layers[0]!.inputs
  const inputs = new Float32Array(rows * width).map(() => (random() < 0.5 ? 0 : (random() - 0.5) * 6))
  return { rows, inputs }
}
