/**
 * HOT LOOP: one dense layer, which linear and logistic models are, over columns (benchmarks: bench/scoring.ts,
 * bench/batch.ts). A category adds its weight from a table made once; every other column is encoded by itself and
 * multiplied. The sum of a row grows input by input in their order, as in `score` of `dense-scorer.ts`, so that both give
 * the same bits.
 */
import { inputNames } from '../features/assemble-pipeline.ts'
import type { Batch } from '../features/batch.ts'
import { encoderWriters } from '../features/compile-pipeline.ts'
import { dictionaryOf } from '../features/dictionary.ts'
import type { Encoder, Pipeline } from '../features/pipeline.ts'
import { activateRows } from './activate.ts'
import type { DenseLayer } from './dense-model.ts'

/** Adds what one column contributes to every row's sums. */
type AddColumn = (batch: Batch, sums: Float64Array) => void

/** Codes −2 and −1 are those of unseen and missing values. */
const codesBelowZero = 2
/** Larger tables would cost more to make, and not be in the processor's cache. */
const largestTable = 1 << 16

/** What each code of a column adds, `outputs` numbers a code; null where that takes more than one addition. */
function contributions(
  encoder: Encoder,
  column: number,
  layer: DenseLayer,
  offset: number,
): Float64Array | null {
  const table = encoder.kind === 'onehot' || encoder.kind === 'ordinal' || encoder.kind === 'frequency'
  const categories = dictionaryOf(encoder)
  if (!table || categories === null) return null
  const inputs = inputNames(encoder).length
  const { outputs, kernel } = layer
  const rows = categories.length + codesBelowZero
  if (rows * Math.max(inputs, outputs) > largestTable) return null
  const columns: Int32Array[] = []
  columns[column] = Int32Array.from({ length: rows }, (_, r) => r - codesBelowZero)
  const written = new Float32Array(rows * inputs)
  for (const write of encoderWriters(encoder, { column, offset: 0, width: inputs }))
    write({ rows, columns }, written)
  const sums = new Float64Array(rows * outputs)
  for (let r = 0; r < rows; r++) {
    let terms = 0
    for (let i = 0; i < inputs; i++) {
      const value = written[r * inputs + i]!
      if (value === 0) continue
      terms++
      for (let o = 0; o < outputs; o++) sums[r * outputs + o] = value * kernel[(offset + i) * outputs + o]!
    }
    if (terms > 1) return null
  }
  return sums
}

function addFromTable(column: number, table: Float64Array, outputs: number): AddColumn {
  if (outputs === 1) {
    return ({ rows, columns }, sums) => {
      const codes = columns[column]!
      for (let r = 0; r < rows; r++) sums[r] = sums[r]! + table[codes[r]! + codesBelowZero]!
    }
  }
  return ({ rows, columns }, sums) => {
    const codes = columns[column]!
    for (let r = 0; r < rows; r++) {
      const from = (codes[r]! + codesBelowZero) * outputs
      const to = r * outputs
      for (let o = 0; o < outputs; o++) sums[to + o] = sums[to + o]! + table[from + o]!
    }
  }
}

function addEncoded(encoder: Encoder, column: number, layer: DenseLayer, offset: number): AddColumn {
  const inputs = inputNames(encoder).length
  const { outputs } = layer
  const kernel = layer.kernel.slice(offset * outputs, (offset + inputs) * outputs)
  const writers = encoderWriters(encoder, { column, offset: 0, width: inputs })
  let written = new Float32Array(inputs)
  return (batch, sums) => {
    const { rows } = batch
    if (written.length < rows * inputs) written = new Float32Array(rows * inputs)
    else written.fill(0, 0, rows * inputs)
    for (const write of writers) write(batch, written)
    if (inputs === 1 && outputs === 1) {
      const weight = kernel[0]!
      for (let r = 0; r < rows; r++) {
        const value = written[r]!
        if (value !== 0) sums[r] = sums[r]! + value * weight
      }
      return
    }
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < inputs; i++) {
        const value = written[r * inputs + i]!
        if (value === 0) continue
        for (let o = 0; o < outputs; o++) {
          sums[r * outputs + o] = sums[r * outputs + o]! + value * kernel[i * outputs + o]!
        }
      }
    }
  }
}

/** @returns null where inputs are products of others, which the matrix holds */
export function scoreOverColumns(
  layer: DenseLayer,
  pipeline: Pipeline,
): ((batch: Batch, out: Float64Array) => void) | null {
  if (pipeline.interactions !== undefined && pipeline.interactions.length > 0) return null
  const { outputs, bias, activation } = layer
  let offset = 0
  const adders = pipeline.columns.map((encoder, column) => {
    const table = contributions(encoder, column, layer, offset)
    const add = table ? addFromTable(column, table, outputs) : addEncoded(encoder, column, layer, offset)
    offset += inputNames(encoder).length
    return add
  })
  return (batch, out) => {
    const { rows } = batch
    for (let o = 0; o < outputs; o++) for (let r = 0; r < rows; r++) out[r * outputs + o] = bias[o]!
    for (const add of adders) add(batch, out)
    activateRows(activation, out, rows, outputs)
  }
}
