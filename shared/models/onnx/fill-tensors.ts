/** HOT LOOP: writes the columns of a batch into the tensors of an ONNX graph, once for every scored row. */
import type { Batch } from '../../features/batch.ts'
import { missingCode } from '../../features/batch.ts'
import { dictionaryOf } from '../../features/dictionary.ts'
import type { Pipeline } from '../../features/pipeline.ts'
import { clipped } from '../../features/writers/clipped.ts'
import type { FedTensor } from './onnx-model.ts'
import type { Tensor, TensorData } from './onnx-runtime.ts'

/** Writes row `from` of a batch into row `to` of the tensor. */
type WriteRow = (batch: Batch, from: number, to: number) => void

export interface FedTensors {
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly write: WriteRow
}

const farthestInteger = 2 ** 53
const farthestInt32 = 2 ** 31 - 1

const within = (value: number, farthest: number) =>
  Math.trunc(value > farthest ? farthest : value < -farthest ? -farthest : value)

function dataOf(type: FedTensor['type'], length: number): TensorData {
  if (type === 'float32') return new Float32Array(length)
  if (type === 'float64') return new Float64Array(length)
  if (type === 'int32') return new Int32Array(length)
  if (type === 'int64') return new BigInt64Array(length)
  if (type === 'bool') return new Uint8Array(length)
  return new Array<string>(length).fill('')
}

function writerOf(
  data: TensorData,
  tensor: FedTensor,
  places: readonly number[],
  pipeline: Pipeline,
): WriteRow {
  const width = places.length
  if (Array.isArray(data)) {
    const { missing = '', unseen = '' } = tensor
    const categories = places.map((place) => dictionaryOf(pipeline.columns[place]!) ?? [])
    return (batch, from, to) => {
      for (let c = 0; c < width; c++) {
        const code = batch.columns[places[c]!]![from]!
        data[to * width + c] = code === missingCode ? missing : (categories[c]![code] ?? unseen)
      }
    }
  }
  if (data instanceof BigInt64Array) {
    return (batch, from, to) => {
      for (let c = 0; c < width; c++) {
        data[to * width + c] = BigInt(within(batch.columns[places[c]!]![from]!, farthestInteger))
      }
    }
  }
  if (data instanceof Int32Array || data instanceof Uint8Array) {
    return (batch, from, to) => {
      for (let c = 0; c < width; c++) {
        data[to * width + c] = within(batch.columns[places[c]!]![from]!, farthestInt32)
      }
    }
  }
  return (batch, from, to) => {
    for (let c = 0; c < width; c++) data[to * width + c] = clipped(batch.columns[places[c]!]![from]!)
  }
}

/**
 * Tensors of `rows` rows for a graph's inputs, to be filled row by row and used again.
 *
 * @throws Error where a tensor has a column that the pipeline does not have
 */
export function fedTensors(inputs: readonly FedTensor[], pipeline: Pipeline, rows: number): FedTensors {
  const feeds: Record<string, Tensor> = {}
  const writers = inputs.map((tensor) => {
    const places = tensor.columns.map((name) => {
      const place = pipeline.columns.findIndex((encoder) => encoder.name === name)
      if (place < 0) throw new Error(`The pipeline has no column "${name}", which the model is fed.`)
      return place
    })
    const data = dataOf(tensor.type, rows * places.length)
    feeds[tensor.name] = { type: tensor.type, data, dims: [rows, places.length], location: 'cpu' }
    return writerOf(data, tensor, places, pipeline)
  })
  return {
    feeds,
    write(batch, from, to) {
      for (const writer of writers) writer(batch, from, to)
    },
  }
}
