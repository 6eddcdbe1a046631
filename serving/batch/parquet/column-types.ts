import type { ColumnType } from '../row-chunk.ts'
import type { ThriftStruct } from './compact-thrift.ts'
import { numberOf, structOf } from './layout.ts'

/** Numbers of Parquet's format for how values are stored. */
export const physicalTypes = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  bytes: 6,
  fixed: 7,
} as const

/** What a stored value means. */
export type ValueForm =
  | { as: 'truth' | 'text' | 'date' | 'uuid' | 'blob' }
  /** Floating-point and whole numbers; `bits` are those of the whole ones, 0 for the others. */
  | { as: 'number'; bits: number; unsigned: boolean }
  | { as: 'decimal'; precision: number; scale: number }
  /** Since 1970, and since midnight. */
  | { as: 'timestamp' | 'time'; perSecond: number; utc: boolean }

export interface StoredType {
  form: ValueForm
  type: ColumnType
}

/** Numbers of fields of `SchemaElement` in Parquet's format. */
export const element = {
  type: 1,
  length: 2,
  repetition: 3,
  name: 4,
  children: 5,
  converted: 6,
  scale: 7,
  precision: 8,
  logical: 10,
}

const converted = {
  text: 0,
  enum: 4,
  decimal: 5,
  date: 6,
  timeMs: 7,
  timeUs: 8,
  timestampMs: 9,
  timestampUs: 10,
  unsigned8: 11,
  signed8: 15,
  json: 19,
}
const logical = {
  text: 1,
  enum: 4,
  decimal: 5,
  date: 6,
  time: 7,
  timestamp: 8,
  integer: 10,
  unknown: 11,
  json: 12,
  uuid: 14,
}
const unitsPerSecond: Record<number, number> = { 1: 1e3, 2: 1e6, 3: 1e9 }

const text = (sql: string): ColumnType => ({ kind: 'text', sql })

function integer(bits: number, unsigned: boolean): StoredType {
  const name = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[bits]
  if (name === undefined) throw new RangeError(`There are no integers of ${bits} bits.`)
  return {
    form: { as: 'number', bits, unsigned },
    type: { kind: 'integer', sql: unsigned ? `U${name}` : name },
  }
}

function moment(as: 'timestamp' | 'time', perSecond: number, utc: boolean): StoredType {
  if (as === 'time') return { form: { as, perSecond, utc }, type: text(utc ? 'TIME WITH TIME ZONE' : 'TIME') }
  const local = perSecond === 1e9 ? 'TIMESTAMP_NS' : 'TIMESTAMP'
  return { form: { as, perSecond, utc }, type: text(utc ? 'TIMESTAMP WITH TIME ZONE' : local) }
}

function decimal(precision: number, scale: number): StoredType | null {
  if (precision < 1 || precision > 38 || scale < 0 || scale > precision) return null
  return { form: { as: 'decimal', precision, scale }, type: text(`DECIMAL(${precision},${scale})`) }
}

/** What the newer annotation says; null where it is none that is known here. */
function fromLogical(id: number, fields: ThriftStruct, bits: number): StoredType | null {
  switch (id) {
    case logical.text:
    case logical.enum:
      return { form: { as: 'text' }, type: text('VARCHAR') }
    case logical.json:
      return { form: { as: 'text' }, type: text('JSON') }
    case logical.date:
      return { form: { as: 'date' }, type: text('DATE') }
    case logical.uuid:
      return { form: { as: 'uuid' }, type: text('UUID') }
    case logical.decimal:
      return decimal(numberOf(fields.get(2)), numberOf(fields.get(1)))
    case logical.integer: {
      const signed = fields.get(2)
      return integer(numberOf(fields.get(1)), signed?.kind === 'bool' && !signed.value)
    }
    case logical.time:
    case logical.timestamp: {
      const utc = fields.get(1)
      const [unit] = structOf(fields.get(2)).keys()
      const perSecond = unitsPerSecond[unit ?? 0]
      if (perSecond === undefined) return null
      return moment(
        id === logical.time ? 'time' : 'timestamp',
        perSecond,
        utc?.kind === 'bool' && utc.value === true,
      )
    }
    case logical.unknown:
      return bits === 32 ? integer(32, false) : null
    default:
      return null
  }
}

/** What the older annotation says; times without the newer one are taken for local ones, as by DuckDB. */
function fromConverted(id: number, fields: ThriftStruct): StoredType | null {
  switch (id) {
    case converted.text:
    case converted.enum:
      return { form: { as: 'text' }, type: text('VARCHAR') }
    case converted.json:
      return { form: { as: 'text' }, type: text('JSON') }
    case converted.date:
      return { form: { as: 'date' }, type: text('DATE') }
    case converted.decimal:
      return decimal(
        numberOf(fields.get(element.precision)),
        fields.has(element.scale) ? numberOf(fields.get(element.scale)) : 0,
      )
    case converted.timeMs:
      return moment('time', 1e3, false)
    case converted.timeUs:
      return moment('time', 1e6, false)
    case converted.timestampMs:
      return moment('timestamp', 1e3, false)
    case converted.timestampUs:
      return moment('timestamp', 1e6, false)
    default: {
      const unsigned = id >= converted.unsigned8 && id < converted.signed8
      const signed = id >= converted.signed8 && id < converted.json
      if (!unsigned && !signed) return null
      return integer(8 << (id - (unsigned ? converted.unsigned8 : converted.signed8)), unsigned)
    }
  }
}

function withoutAnnotation(physical: number): StoredType | null {
  switch (physical) {
    case physicalTypes.boolean:
      return { form: { as: 'truth' }, type: { kind: 'boolean', sql: 'BOOLEAN' } }
    case physicalTypes.int32:
      return integer(32, false)
    case physicalTypes.int64:
      return integer(64, false)
    // Only ever used for times.
    case physicalTypes.int96:
      return moment('timestamp', 1e6, false)
    case physicalTypes.float:
      return { form: { as: 'number', bits: 0, unsigned: false }, type: { kind: 'double', sql: 'FLOAT' } }
    case physicalTypes.double:
      return { form: { as: 'number', bits: 0, unsigned: false }, type: { kind: 'double', sql: 'DOUBLE' } }
    case physicalTypes.bytes:
    case physicalTypes.fixed:
      return { form: { as: 'blob' }, type: text('BLOB') }
    default:
      return null
  }
}

/** Whether values of a form can be stored so. */
function isStored(form: ValueForm, physical: number, length: number): boolean {
  const { int32, int64, int96, bytes, fixed } = physicalTypes
  switch (form.as) {
    case 'text':
      return physical === bytes
    case 'date':
      return physical === int32
    case 'uuid':
      return physical === fixed && length === 16
    case 'decimal':
      return (
        physical === int32 || physical === int64 || physical === bytes || (physical === fixed && length > 0)
      )
    case 'timestamp':
      return physical === int64 || physical === int96
    case 'time':
      return physical === (form.perSecond === 1e3 ? int32 : int64)
    case 'number':
      return form.bits === 0 || physical === (form.bits === 64 ? int64 : int32)
    case 'truth':
      return physical === physicalTypes.boolean
    case 'blob':
      return physical === bytes || length > 0
  }
}

/** What a schema's element holds, and the DuckDB type of it; null where it is nothing known, such as an interval. */
export function storedType(fields: ThriftStruct): StoredType | null {
  const physical = numberOf(fields.get(element.type))
  const length = fields.has(element.length) ? numberOf(fields.get(element.length)) : 0
  const annotated = fields.has(element.logical) ? structOf(fields.get(element.logical)) : null
  const [newer] = annotated ?? []
  const older = fields.has(element.converted) ? numberOf(fields.get(element.converted)) : null
  const bits = physical === physicalTypes.int32 ? 32 : 0
  const found =
    newer !== undefined
      ? fromLogical(newer[0], structOf(newer[1]), bits)
      : older !== null
        ? fromConverted(older, fields)
        : withoutAnnotation(physical)
  return found !== null && isStored(found.form, physical, length) ? found : null
}
