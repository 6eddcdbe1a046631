/** HOT LOOP: makes the inputs of every training batch. */
import { inputNames } from '../../../shared/features/assemble-pipeline.ts'
import type { Batch, BatchColumn } from '../../../shared/features/batch.ts'
import { allocateColumns, gatherRows, sliceRows } from '../../../shared/features/batch-buffers.ts'
import { cycles } from '../../../shared/features/calendar.ts'
import { compilePipeline } from '../../../shared/features/compile-pipeline.ts'
import type { Encoder, Pipeline } from '../../../shared/features/pipeline.ts'
import type { DenseLayer } from '../../../shared/models/dense-model.ts'
import { totalWeight } from '../row-weights.ts'
import type { Part } from '../trainer-messages.ts'

/** Optimisers see `(input − center) / scale`; the first layer takes it back, so the stored model does not. */
export interface Conditioning {
  readonly center: Float64Array
  readonly scale: Float64Array
}

export const chunkRows = 8192

/** Which inputs to condition: all, or only those the pipeline left in their own unit. */
export type ConditioningExtent = 'all' | 'unscaled'

/** Encoders whose inputs are in a unit of the data's own: categories by number, times, logarithms, the target's means. */
function isUnscaled(encoder: Encoder): boolean {
  switch (encoder.kind) {
    case 'numeric':
      return encoder.scale === 'none' || encoder.scale === 'log1p'
    case 'bins':
      return encoder.output === 'ordinal'
    case 'ordinal':
    case 'codes':
    case 'target':
      return true
    case 'timestamp':
      return !encoder.cyclical || encoder.parts.some((part) => cycles[part] === null)
    default:
      return false
  }
}

function leftUnscaled(pipeline: Pipeline): boolean[] {
  const inputs = pipeline.columns.flatMap((encoder) =>
    new Array<boolean>(inputNames(encoder).length).fill(isUnscaled(encoder)),
  )
  // Products of inputs have a unit of their own.
  return [...inputs, ...new Array<boolean>(pipeline.width - inputs.length).fill(true)]
}

/** Mean and standard deviation of each input over the training rows by their weights, in row order, in two passes. */
export function fitConditioning(pipeline: Pipeline, train: Part, extent: ConditioningExtent): Conditioning {
  const { width } = pipeline
  const { weights } = train
  const total = totalWeight(train)
  const compiled = compilePipeline(pipeline)
  const center = new Float64Array(width)
  const scale = new Float64Array(width)
  const present = new Float64Array(width)
  // Zeros, most of a one-hot row, are passed over here and accounted for after each pass.
  const overRows = (visitRow: (inputs: Float32Array, start: number, weight: number) => void) => {
    for (let from = 0; from < train.rows; from += chunkRows) {
      const slice = sliceRows(train, from, Math.min(from + chunkRows, train.rows))
      const inputs = compiled.inputs(slice)
      for (let r = 0; r < slice.rows; r++) visitRow(inputs, r * width, weights ? weights[from + r]! : 1)
    }
  }
  overRows((inputs, start, weight) => {
    for (let i = 0; i < width; i++) {
      const value = inputs[start + i]!
      if (value === 0) continue
      center[i] = center[i]! + weight * value
      present[i] = present[i]! + weight
    }
  })
  for (let i = 0; i < width; i++) center[i] = center[i]! / total
  overRows((inputs, start, weight) => {
    for (let i = 0; i < width; i++) {
      const value = inputs[start + i]!
      if (value !== 0) scale[i] = scale[i]! + weight * (value - center[i]!) ** 2
    }
  })
  for (let i = 0; i < width; i++) {
    scale[i] = (scale[i]! + (total - present[i]!) * center[i]! ** 2) / total
  }
  const unscaled = leftUnscaled(pipeline)
  for (let i = 0; i < width; i++) {
    const deviation = Math.sqrt(scale[i]!)
    const wanted = (extent === 'all' || unscaled[i]!) && deviation > 1e-9 * Math.max(1, Math.abs(center[i]!))
    scale[i] = wanted ? deviation : 1
    if (!wanted) center[i] = 0
  }
  return { center, scale }
}

/** Makes conditioned inputs from columns, for rows in order or picked by index. */
export function createInputMaker(pipeline: Pipeline, conditioning: Conditioning) {
  const { width } = pipeline
  const compiled = compilePipeline(pipeline)
  const { center, scale } = conditioning
  let picked: BatchColumn[] = []
  let pickedRows = 0
  const make = (batch: Batch): Float32Array => {
    const raw = compiled.inputs(batch)
    const out = new Float32Array(batch.rows * width)
    for (let r = 0, at = 0; r < batch.rows; r++) {
      for (let i = 0; i < width; i++, at++) out[at] = (raw[at]! - center[i]!) / scale[i]!
    }
    return out
  }
  return {
    range: (batch: Batch, from: number, to: number) => make(sliceRows(batch, from, to)),
    picked(batch: Batch, indexes: Int32Array, from: number, to: number): Float32Array {
      if (pickedRows < to - from) {
        pickedRows = to - from
        picked = allocateColumns(pipeline, pickedRows)
      }
      return make(gatherRows(batch, indexes, from, to, picked))
    },
  }
}

/** The first layer as it must be for inputs that are not conditioned. */
export function foldConditioning(layer: DenseLayer, { center, scale }: Conditioning): DenseLayer {
  const { inputs, outputs } = layer
  const kernel = new Float32Array(layer.kernel.length)
  const shift = new Float64Array(outputs)
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++) {
      const weight = layer.kernel[i * outputs + o]! / scale[i]!
      kernel[i * outputs + o] = weight
      shift[o] = shift[o]! + center[i]! * weight
    }
  }
  return { ...layer, kernel, bias: layer.bias.map((value, o) => value - shift[o]!) }
}
