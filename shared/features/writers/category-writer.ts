/** HOT LOOP: turns category codes into inputs by tables made once (benchmark: bench/features.ts). */
import { missingCode } from '../batch.ts'
import { bucketOf, murmur3 } from '../murmur3.ts'
import type { EncoderOf } from '../pipeline.ts'
import type { Place, WriteColumn } from './write-column.ts'

/** The input of a missing value beside the indicator: its fill category's, or none (−1). */
export function onehotWriter(encoder: EncoderOf<'onehot'>, { column, offset, width }: Place): WriteColumn {
  const known = encoder.categories.length
  const other = encoder.otherInput ? known : -1
  const filled = encoder.fill === undefined ? -1 : encoder.categories.indexOf(encoder.fill)
  const missing = encoder.missingInput ? known + (encoder.otherInput ? 1 : 0) : -1
  return (batch, out) => {
    const codes = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      const code = codes[r]!
      if (code === missingCode) {
        if (filled >= 0) out[at + filled] = 1
        if (missing >= 0) out[at + missing] = 1
      } else {
        const input = code >= 0 && code < known ? code : other
        if (input >= 0) out[at + input] = 1
      }
    }
  }
}

/** One number per code, from a table that begins with those of unseen and missing values. */
function tableWriter({ column, offset, width }: Place, table: Float64Array): WriteColumn {
  return (batch, out) => {
    const codes = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) out[at] = table[codes[r]! + 2]!
  }
}

export function ordinalWriter(encoder: EncoderOf<'ordinal'>, place: Place): WriteColumn {
  const missing = encoder.fill === undefined ? -2 : encoder.categories.indexOf(encoder.fill)
  return tableWriter(place, Float64Array.from([-1, missing, ...encoder.categories.keys()]))
}

export function codesWriter(encoder: EncoderOf<'codes'>, place: Place): WriteColumn {
  return tableWriter(place, Float64Array.from([Number.NaN, Number.NaN, ...encoder.categories.keys()]))
}

export function frequencyWriter(encoder: EncoderOf<'frequency'>, place: Place): WriteColumn {
  return tableWriter(place, Float64Array.from([0, encoder.missing, ...encoder.shares]))
}

export function hashingWriter(encoder: EncoderOf<'hashing'>, { column, offset, width }: Place): WriteColumn {
  const known = encoder.categories.length
  const placeOf = Int32Array.from(encoder.categories, (category) => {
    const hash = murmur3(category)
    return 2 * bucketOf(hash, encoder.width) + (hash < 0 ? 1 : 0)
  })
  return (batch, out) => {
    const codes = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      const code = codes[r]!
      if (code < 0) continue
      const place = code < known ? placeOf[code]! : code - known
      out[at + (place >> 1)] = (place & 1) === 1 ? -1 : 1
    }
  }
}

export function targetWriter(encoder: EncoderOf<'target'>, { column, offset, width }: Place): WriteColumn {
  const outputs = encoder.unseen.length
  const stride = encoder.categories.length + 1
  const table = Float64Array.from([...encoder.values, ...(encoder.folds ?? [])])
  const unseen = Float64Array.from(encoder.unseen)
  const rowsOfTable = table.length / outputs
  return (batch, out) => {
    const codes = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      const code = codes[r]!
      // A missing value's row is the last of its fold; without a fold, of the first block.
      const row = code === missingCode ? stride - 1 : code < rowsOfTable ? code : code % stride
      for (let k = 0; k < outputs; k++) out[at + k] = row < 0 ? unseen[k]! : table[row * outputs + k]!
    }
  }
}

/** 1 where a category is missing; `stride` is that of a `target` column, whose training rows carry their fold. */
export function missingCodeWriter({ column, offset, width }: Place, stride: number | null): WriteColumn {
  return (batch, out) => {
    const codes = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      const code = codes[r]!
      if (code === missingCode || (stride !== null && code >= 0 && code % stride === stride - 1)) out[at] = 1
    }
  }
}
