/**
 * HOT LOOP: runs for every value of every training epoch, batch score and request (benchmarks: bench/serving.ts,
 * bench/features.ts). Columnar loops over typed arrays; nothing is allocated per row or value.
 *
 * A row's inputs depend on that row alone, computed by the same operations in the same order however many
 * rows share the batch, so one by one, batched and shuffled agree bit for bit.
 */
import { assertNever } from '../assert-never.ts'
import { inputNames } from './assemble-pipeline.ts'
import type { Batch } from './batch.ts'
import type { Encoder, Pipeline } from './pipeline.ts'
import { readingOf } from './reading.ts'
import {
  codesWriter,
  frequencyWriter,
  hashingWriter,
  missingCodeWriter,
  onehotWriter,
  ordinalWriter,
  targetWriter,
} from './writers/category-writer.ts'
import { clipped } from './writers/clipped.ts'
import { absenceWriter, binsWriter, booleanWriter, numericWriter } from './writers/numeric-writer.ts'
import { textWriter } from './writers/text-writer.ts'
import { timestampWriters } from './writers/timestamp-writer.ts'
import type { InputMatrix, Place, WriteColumn } from './writers/write-column.ts'

export type { InputMatrix } from './writers/write-column.ts'

export interface CompiledPipeline {
  readonly width: number
  /** Writes `batch.rows * width` inputs into `out`. Values must be finite or NaN, codes within the dictionary. */
  transform(batch: Batch, out: InputMatrix): void
  /** The same into a buffer that is used again: valid until the next call. */
  inputs(batch: Batch): Float32Array
}

/** All that an encoder writes, its indicator last. */
export function encoderWriters(encoder: Encoder, { column, offset, width }: Place): WriteColumn[] {
  const writers = writersOf(encoder, { column, offset, width })
  if (encoder.kind !== 'onehot' && encoder.indicator) {
    const last = offset + inputNames(encoder).length - 1
    writers.push(indicatorOf(encoder, { column, offset: last, width }))
  }
  return writers
}

function writersOf(encoder: Encoder, place: Place): WriteColumn[] {
  switch (encoder.kind) {
    case 'numeric':
      return [numericWriter(encoder, place)]
    case 'bins':
      return [binsWriter(encoder, place)]
    case 'boolean':
      return [booleanWriter(place, encoder.fill ?? Number.NaN)]
    case 'onehot':
      return [onehotWriter(encoder, place)]
    case 'ordinal':
      return [ordinalWriter(encoder, place)]
    case 'codes':
      return [codesWriter(encoder, place)]
    case 'hashing':
      return [hashingWriter(encoder, place)]
    case 'frequency':
      return [frequencyWriter(encoder, place)]
    case 'target':
      return [targetWriter(encoder, place)]
    case 'timestamp':
      return timestampWriters(encoder, place)
    case 'text':
      return [textWriter(encoder, place)]
    default:
      return assertNever(encoder)
  }
}

function indicatorOf(encoder: Encoder, place: Place): WriteColumn {
  if (readingOf(encoder) !== 'categorical') return absenceWriter(place)
  return missingCodeWriter(place, encoder.kind === 'target' ? encoder.categories.length + 1 : null)
}

/** Products of the inputs from `left` and from `right`, which are written already. */
function productWriter(
  width: number,
  left: { offset: number; inputs: number },
  right: { offset: number; inputs: number },
  offset: number,
): WriteColumn {
  return (batch, out) => {
    for (let r = 0, row = 0; r < batch.rows; r++, row += width) {
      let at = row + offset
      for (let a = 0; a < left.inputs; a++) {
        const factor = out[row + left.offset + a]!
        for (let b = 0; b < right.inputs; b++) out[at++] = clipped(factor * out[row + right.offset + b]!)
      }
    }
  }
}

/** Compiles a fitted pipeline once; the result serves one row or millions. */
export function compilePipeline(pipeline: Pipeline): CompiledPipeline {
  const { width } = pipeline
  const writers: WriteColumn[] = []
  const extents: { offset: number; inputs: number }[] = []
  let offset = 0
  for (const [column, encoder] of pipeline.columns.entries()) {
    const inputs = inputNames(encoder).length
    writers.push(...encoderWriters(encoder, { column, offset, width }))
    extents.push({ offset, inputs })
    offset += inputs
  }
  for (const [a, b] of pipeline.interactions ?? []) {
    const left = extents[a]
    const right = extents[b]
    if (!left || !right)
      throw new Error(`The interaction of columns ${a} and ${b} names a column that is not there.`)
    writers.push(productWriter(width, left, right, offset))
    offset += left.inputs * right.inputs
  }
  if (offset !== width) {
    throw new Error(`The encoders write ${offset} inputs, but the pipeline says ${width}.`)
  }
  let buffer = new Float32Array(width)
  const transform = (batch: Batch, out: InputMatrix) => {
    out.fill(0, 0, batch.rows * width)
    for (const write of writers) write(batch, out)
  }
  return {
    width,
    transform,
    inputs(batch) {
      if (buffer.length < batch.rows * width) buffer = new Float32Array(batch.rows * width)
      transform(batch, buffer)
      return buffer
    },
  }
}
