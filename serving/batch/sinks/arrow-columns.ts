/** HOT: columns of scored rows as Arrow (benchmark: bench/batch.ts). */
import {
  batchType,
  bool,
  Column,
  columnFromArray,
  type DataType,
  dateDay,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  Type,
  timestamp,
  uint8,
  uint16,
  uint32,
  uint64,
  utf8,
} from '@uwdata/flechette'
import { plainValue } from '../plain-value.ts'
import type { ChunkColumn, ColumnType } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { keptNumbers } from './kept-numbers.ts'

const microseconds = 2

/** The Arrow type of a column that did not come as Arrow. */
function arrowType({ kind, sql }: ColumnType): DataType {
  switch (kind) {
    case 'boolean':
      return bool()
    case 'double':
      return sql === 'FLOAT' ? float32() : float64()
    case 'integer': {
      const types: Record<string, () => DataType> = {
        TINYINT: int8,
        SMALLINT: int16,
        INTEGER: int32,
        UTINYINT: uint8,
        USMALLINT: uint16,
        UINTEGER: uint32,
        UBIGINT: uint64,
      }
      return (types[sql] ?? int64)()
    }
    case 'text':
      if (sql === 'DATE') return dateDay()
      if (sql === 'TIMESTAMP') return timestamp(microseconds)
      if (sql === 'TIMESTAMP WITH TIME ZONE') return timestamp(microseconds, 'UTC')
      return utf8()
  }
}

/** Microseconds since 1970 of `2026-01-31 12:00:00.123456+00`; null where the text is no such time, such as `infinity`. */
function microsecondsOf(text: string): bigint | null {
  const match = /^(\d{4,})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00(?::?00)?|Z)?$/.exec(
    text,
  )
  if (match === null) return null
  const [, year, month, day, hour, minute, second, fraction = ''] = match
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

function timeColumn(texts: readonly (string | null)[], type: DataType): Column<unknown> {
  const values = new BigInt64Array(texts.length)
  const validity = new Uint8Array(((texts.length + 63) >> 6) << 3)
  let nullCount = 0
  texts.forEach((text, i) => {
    const value = text === null ? null : microsecondsOf(text)
    if (value === null) {
      nullCount++
    } else {
      values[i] = value
      validity[i >> 3] = validity[i >> 3]! | (1 << (i & 7))
    }
  })
  const Batch = batchType(type, {})
  return new Column([new Batch({ length: texts.length, nullCount, type, validity, values })], type)
}

/** Texts encoded all at once: one call each would take as long as all the rest. */
function textColumn(texts: readonly (string | null)[]): Column<unknown> | null {
  const type = utf8()
  const joined = texts.join('')
  const values = new TextEncoder().encode(joined)
  const ascii = values.length === joined.length
  const offsets = new Int32Array(texts.length + 1)
  const validity = new Uint8Array(((texts.length + 63) >> 6) << 3)
  let nullCount = 0
  let end = 0
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!
    if (text === null) {
      nullCount++
    } else {
      end += ascii ? text.length : Buffer.byteLength(text)
      validity[i >> 3] = validity[i >> 3]! | (1 << (i & 7))
    }
    offsets[i + 1] = end
  }
  // Halves of a character that ended one text and began the next have become one.
  if (end !== values.length) return null
  const Batch = batchType(type, {})
  return new Column([new Batch({ length: texts.length, nullCount, type, validity, offsets, values })], type)
}

/** A column of numbers; NaN is missing. */
function numberColumn(values: Float64Array): Column<unknown> {
  const type = float64()
  const validity = new Uint8Array(((values.length + 63) >> 6) << 3)
  let nullCount = 0
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) {
      values[i] = 0
      nullCount++
    } else {
      validity[i >> 3] = validity[i >> 3]! | (1 << (i & 7))
    }
  }
  const Batch = batchType(type, {})
  return new Column([new Batch({ length: values.length, nullCount, type, validity, values })], type)
}

function builtColumn(
  { type }: ChunkColumn,
  values: ArrayLike<unknown>,
  kept: Int32Array,
  textCells: boolean,
): Column<unknown> {
  const arrow = arrowType(type)
  const plain = Array.from(kept, (row) => plainValue(values[row], type, textCells))
  if (arrow.typeId === Type.Timestamp) {
    return timeColumn(
      plain.map((value) => (value === null ? null : String(value))),
      arrow,
    )
  }
  if (arrow.typeId === Type.Date) {
    return columnFromArray(
      plain.map((value) => (value === null ? null : Date.parse(`${String(value)}T00:00:00Z`))),
      arrow,
    )
  }
  if (arrow.typeId === Type.Utf8) {
    const column = textColumn(plain.map((value) => (value === null ? null : String(value))))
    if (column !== null) return column
  }
  return columnFromArray(plain, arrow)
}

interface FixedWidth {
  length: number
  type: DataType
  values: Exclude<ArrayLike<unknown> & { constructor: unknown }, string>
  validity: Uint8Array
}

/** The kept rows of an Arrow column: by moving its values, where they have one width, so that nothing is converted. */
function keptColumn(column: Column<unknown>, kept: Int32Array): Column<unknown> {
  if (kept.length === column.length) return column
  const { type } = column
  const [batch] = column.data
  const values = batch?.values
  const moves =
    column.data.length === 1 &&
    ArrayBuffer.isView(values) &&
    !(values instanceof DataView) &&
    type.typeId !== Type.Bool &&
    batch?.offsets === undefined &&
    (batch?.children === undefined || batch.children.length === 0) &&
    type.typeId !== Type.Utf8View &&
    type.typeId !== Type.BinaryView
  if (!moves || !batch) {
    const all = column.toArray()
    return columnFromArray(
      Array.from(kept, (row) => all[row]),
      type,
    )
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const width = Math.floor(values.byteLength / batch.length)
  const moved = new Uint8Array(width * kept.length)
  const validity = new Uint8Array(((kept.length + 63) >> 6) << 3)
  let nullCount = 0
  for (let i = 0; i < kept.length; i++) {
    const row = kept[i]!
    moved.set(bytes.subarray(row * width, (row + 1) * width), i * width)
    if (batch.nullCount === 0 || ((batch.validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0) {
      validity[i >> 3] = validity[i >> 3]! | (1 << (i & 7))
    } else {
      nullCount++
    }
  }
  const copy: FixedWidth = { length: kept.length, type, values: moved, validity }
  return new Column(
    [Object.assign(Object.create(Object.getPrototypeOf(batch)), batch, copy, { nullCount })],
    type,
  )
}

/** The output columns of scored rows, those that came as Arrow in their own types. */
export function arrowColumns(
  { chunk, kept, labels, probabilities }: ScoredChunk,
  added: readonly ChunkColumn[],
): [string, Column<unknown>][] {
  const passed = chunk.columns.map((column, c): [string, Column<unknown>] => {
    const arrow = chunk.arrow?.[c]
    if (arrow !== undefined) return [column.name, keptColumn(arrow, kept)]
    const numbers = keptNumbers(chunk, column, c, kept)
    if (numbers !== null) return [column.name, numberColumn(numbers)]
    return [column.name, builtColumn(column, chunk.values[c] ?? [], kept, chunk.textCells)]
  })
  const classes = added.length - 1
  const all = Int32Array.from({ length: labels.length }, (_, i) => i)
  const scored = added.map((column, a): [string, Column<unknown>] => {
    if (a === 0) return [column.name, builtColumn(column, labels, all, false)]
    const values = new Float64Array(labels.length)
    for (let i = 0; i < labels.length; i++) values[i] = probabilities[i * classes + a - 1]!
    return [column.name, columnFromArray(values, float64())]
  })
  return [...passed, ...scored]
}
