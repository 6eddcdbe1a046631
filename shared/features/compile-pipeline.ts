/**
 * HOT LOOP: runs for every value of every training epoch, batch score and request (benchmark: bench/serving.ts).
 * Columnar loops over typed arrays; nothing is allocated per row or value.
 *
 * A row's inputs depend on that row alone, computed by the same operations in the same order however many
 * rows share the batch, so one by one, batched and shuffled agree bit for bit.
 */
import { assertNever } from '../assert-never.ts'
import { type Batch, missingCode } from './batch.ts'
import type { Encoder, Pipeline } from './pipeline.ts'

/** Model inputs, row-major: input `i` of row `r` is at `r * width + i`. */
export type InputMatrix = Float32Array | Float64Array

export interface CompiledPipeline {
  readonly width: number
  /** Writes `batch.rows * width` inputs into `out`. Values must be finite or NaN, codes within the dictionary. */
  transform(batch: Batch, out: InputMatrix): void
  /** The same into a buffer that is used again: valid until the next call. */
  inputs(batch: Batch): Float32Array
}

type WriteColumn = (batch: Batch, out: InputMatrix) => void

function numericWriter(column: number, offset: number, width: number, encoder: Encoder): WriteColumn {
  if (encoder.kind !== 'numeric') throw new Error(`Not a numeric encoder: ${encoder.kind}`)
  const { center, factor } = encoder
  const fill = encoder.fill ?? Number.NaN
  return (batch, out) => {
    const values = batch.columns[column]!
    let at = offset
    for (let r = 0; r < batch.rows; r++) {
      const value = values[r]!
      out[at] = ((Number.isNaN(value) ? fill : value) - center) * factor
      at += width
    }
  }
}

function booleanWriter(column: number, offset: number, width: number, fill: number): WriteColumn {
  return (batch, out) => {
    const values = batch.columns[column]!
    let at = offset
    for (let r = 0; r < batch.rows; r++) {
      const value = values[r]!
      out[at] = Number.isNaN(value) ? fill : value
      at += width
    }
  }
}

function codesWriter(column: number, offset: number, width: number): WriteColumn {
  return (batch, out) => {
    const codes = batch.columns[column]!
    let at = offset
    for (let r = 0; r < batch.rows; r++) {
      const code = codes[r]!
      out[at] = code >= 0 ? code : Number.NaN
      at += width
    }
  }
}

/** The input of a missing value: its fill category's, the last one, or none (−1). */
function missingInputOf(encoder: Extract<Encoder, { kind: 'onehot' }>): number {
  if (encoder.fill !== undefined) return encoder.categories.indexOf(encoder.fill)
  return encoder.missingInput ? encoder.categories.length : -1
}

function onehotWriter(column: number, offset: number, width: number, missingInput: number): WriteColumn {
  return (batch, out) => {
    const codes = batch.columns[column]!
    let at = offset
    for (let r = 0; r < batch.rows; r++) {
      const code = codes[r]!
      const input = code >= 0 ? code : code === missingCode ? missingInput : -1
      if (input >= 0) out[at + input] = 1
      at += width
    }
  }
}

function ordinalWriter(column: number, offset: number, width: number, missing: number): WriteColumn {
  return (batch, out) => {
    const codes = batch.columns[column]!
    let at = offset
    for (let r = 0; r < batch.rows; r++) {
      const code = codes[r]!
      out[at] = code >= 0 ? code : code === missingCode ? missing : -1
      at += width
    }
  }
}

function writerOf(encoder: Encoder, column: number, offset: number, width: number): WriteColumn {
  switch (encoder.kind) {
    case 'numeric':
      return numericWriter(column, offset, width, encoder)
    case 'boolean':
      return booleanWriter(column, offset, width, encoder.fill ?? Number.NaN)
    case 'codes':
      return codesWriter(column, offset, width)
    case 'onehot':
      return onehotWriter(column, offset, width, missingInputOf(encoder))
    case 'ordinal': {
      const missing = encoder.fill === undefined ? -2 : encoder.categories.indexOf(encoder.fill)
      return ordinalWriter(column, offset, width, missing)
    }
    default:
      return assertNever(encoder)
  }
}

function widthOf(encoder: Encoder): number {
  if (encoder.kind !== 'onehot') return 1
  return encoder.categories.length + (encoder.missingInput ? 1 : 0)
}

/** Compiles a fitted pipeline once; the result serves one row or millions. */
export function compilePipeline(pipeline: Pipeline): CompiledPipeline {
  const { width } = pipeline
  const writers: WriteColumn[] = []
  let offset = 0
  for (const [column, encoder] of pipeline.columns.entries()) {
    writers.push(writerOf(encoder, column, offset, width))
    offset += widthOf(encoder)
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
