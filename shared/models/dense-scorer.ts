/**
 * HOT LOOP: scores every request, batch row and test row (benchmark: bench/serving.ts).
 *
 * Float semantics: inputs and weights are float32, every product, sum and activation is float64, and nothing
 * is rounded back between layers. A row is computed alone and always in the same order of operations, so a row
 * scored by itself, in a batch or in a shuffled batch gets the same bits. tfjs sums in float32 and differs by about 1e-7.
 */
import { allocateOwnMemory } from '../wasm.ts'
import { activate } from './activate.ts'
import { columnBlock, openDenseKernel, rowBlock } from './dense-kernel.ts'
import type { Activation, DenseLayer, DenseModel } from './dense-model.ts'
import { scoreOverColumns } from './score-over-columns.ts'
import type { Scorer } from './scorer.ts'

export interface DenseScorer extends Scorer {
  /** Of the last layer. */
  readonly activation: Activation
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

type Score = DenseScorer['score']

/** One layer: mostly zeros times few outputs, so that plain code is faster than a kernel that multiplies everything. */
function scoreByLayer(layer: DenseLayer): Score {
  const sums = new Float64Array(layer.outputs)
  return (inputs, rows, out) => {
    for (let r = 0; r < rows; r++) {
      accumulate(layer, inputs, r * layer.inputs, sums)
      activate(layer.activation, sums, layer.outputs)
      out.set(sums, r * layer.outputs)
    }
  }
}

/** Rows that go through all layers together: few enough to stay in the processor's cache. */
const blockRows = 64

/** Hidden layers: products in WebAssembly over one stretch of memory, laid out once. */
function scoreByKernel(layers: readonly DenseLayer[]): Score {
  const padded = (count: number) => Math.ceil(count / columnBlock) * columnBlock
  let bytes = 0
  const take = (count: number) => {
    const at = bytes
    bytes += Math.ceil(count / 16) * 16
    return at
  }
  const width = layers[0]!.inputs
  const inputs = take(blockRows * width * 8)
  const places = layers.map((layer) => {
    const columns = padded(layer.outputs)
    const [kernel, bias] = [take(layer.inputs * columns * 4), take(columns * 8)]
    return { layer, columns, kernel, bias, sums: take(blockRows * columns * 8) }
  })
  const memory = allocateOwnMemory(bytes)
  const { multiplyOne, multiplyFour } = openDenseKernel(memory)
  const [singles, doubles] = [new Float32Array(memory.buffer), new Float64Array(memory.buffer)]
  for (const { layer, columns, kernel, bias } of places) {
    for (let i = 0; i < layer.inputs; i++) {
      const row = layer.kernel.subarray(i * layer.outputs, (i + 1) * layer.outputs)
      singles.set(row, kernel / 4 + i * columns)
    }
    doubles.set(layer.bias, bias / 8)
  }
  const rowOf = places.map(({ sums, columns, layer }) =>
    Array.from({ length: blockRows }, (_, r) =>
      doubles.subarray(sums / 8 + r * columns, sums / 8 + r * columns + layer.outputs),
    ),
  )
  const forward = (rows: number) => {
    let [source, sourceRow] = [inputs, width * 8]
    places.forEach(({ layer, columns, kernel, bias, sums }, l) => {
      const multiply = rows === 1 ? multiplyOne : multiplyFour
      const whole = rows === 1 ? 1 : Math.ceil(rows / rowBlock) * rowBlock
      const ends = kernel + columns * 4
      multiply(
        ...([source, sourceRow, layer.inputs, kernel, columns * 4, ends] as const),
        ...([sums, columns * 8, whole, bias] as const),
      )
      for (let r = 0; r < rows; r++) activate(layer.activation, rowOf[l]![r]!, layer.outputs)
      source = sums
      sourceRow = columns * 8
    })
  }
  const result = rowOf.at(-1)!
  return (given, rows, out) => {
    for (let from = 0; from < rows; from += blockRows) {
      const some = Math.min(blockRows, rows - from)
      doubles.set(given.subarray(from * width, (from + some) * width), inputs / 8)
      forward(some)
      for (let r = 0; r < some; r++) out.set(result[r]!, (from + r) * result[r]!.length)
    }
  }
}

export function createDenseScorer(model: DenseModel): DenseScorer {
  const { layers } = model
  const first = layers[0]
  const last = layers.at(-1)
  if (!first || !last) throw new Error('A dense model has at least one layer.')
  return {
    inputs: first.inputs,
    outputs: last.outputs,
    activation: last.activation,
    score: layers.length === 1 ? scoreByLayer(first) : scoreByKernel(layers),
    overColumns: (pipeline) => (layers.length === 1 ? scoreOverColumns(first, pipeline) : null),
  }
}
