import type { Batch, BatchColumn } from '../../features/batch.ts'
import { dictionaryOf } from '../../features/dictionary.ts'
import type { Pipeline } from '../../features/pipeline.ts'
import type { Signature } from '../../signature/signature.ts'

const golden = (1 + Math.sqrt(5)) / 2

/** Evenly spread numbers of 0 to 1, others for every column (Kronecker's sequence, by powers of the golden ratio). */
function spread(row: number, column: number): number {
  const step = golden ** (1 / (column + 2))
  return ((row + 1) * step) % 1
}

/** Rows to try a model on: values over the ranges of its signature, or of both signs and several sizes without one. */
export function probeRows(signature: Signature, pipeline: Pipeline, rows: number): Batch {
  const columns = pipeline.columns.map((encoder, c): BatchColumn => {
    const column = signature.inputs.find(({ name }) => name === encoder.name)
    const categories = dictionaryOf(encoder)
    if (categories) {
      return Int32Array.from({ length: rows }, (_, r) => Math.floor(spread(r, c) * categories.length))
    }
    const { min, max, integer = false, type } = column ?? {}
    return Float64Array.from({ length: rows }, (_, r) => {
      const u = spread(r, c)
      if (type === 'boolean') return u < 0.5 ? 0 : 1
      const value =
        min === undefined || max === undefined ? (u - 0.5) * 4 * 10 ** (r % 3) : min + u * (max - min)
      return integer ? Math.round(value) : value
    })
  })
  return { rows, columns }
}
