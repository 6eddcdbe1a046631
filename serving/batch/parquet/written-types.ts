import type { ColumnType } from '../row-chunk.ts'
import { physicalTypes, type ValueForm } from './column-types.ts'
import { type ThriftValue, thriftInt, thriftStruct, thriftText } from './compact-thrift.ts'

/** How values of a type are stored, and what the schema says of them. */
export interface WrittenType {
  physical: number
  /** Bytes of a value; 0 where they are not of one length. */
  length: number
  form: ValueForm
  /** Fields of the schema's element behind its name. */
  annotation: readonly (readonly [number, ThriftValue])[]
}

const empty = thriftStruct([])
const truth = (value: boolean): ThriftValue => ({ kind: 'bool', value })
const older = (id: number) => [6, thriftInt(id)] as const
const newer = (id: number, fields: ThriftValue) => [10, thriftStruct([[id, fields]])] as const

const { int32, int64, bytes, fixed } = physicalTypes

function number(physical: number, length: number, bits: number, converted: number | null): WrittenType {
  const unsigned = converted !== null && converted < 15
  return {
    physical,
    length,
    form: { as: 'number', bits, unsigned },
    annotation: converted === null ? [] : [older(converted)],
  }
}

function moment(as: 'timestamp' | 'time', perSecond: 1e6 | 1e9, utc: boolean): WrittenType {
  const unit = thriftStruct([[perSecond === 1e6 ? 2 : 3, empty]])
  const logical = newer(
    as === 'time' ? 7 : 8,
    thriftStruct([
      [1, truth(utc)],
      [2, unit],
    ]),
  )
  const converted = perSecond === 1e6 ? [older(as === 'time' ? 8 : 10)] : []
  return {
    physical: int64,
    length: 8,
    form: { as, perSecond, utc },
    annotation: [...converted, logical],
  }
}

function decimal(precision: number, scale: number): WrittenType {
  const logical = newer(
    5,
    thriftStruct([
      [1, thriftInt(scale)],
      [2, thriftInt(precision)],
    ]),
  )
  const annotation = [older(5), [7, thriftInt(scale)] as const, [8, thriftInt(precision)] as const, logical]
  const form: ValueForm = { as: 'decimal', precision, scale }
  if (precision <= 9) return { physical: int32, length: 4, form, annotation }
  if (precision <= 18) return { physical: int64, length: 8, form, annotation }
  return { physical: fixed, length: 16, form, annotation }
}

const text: WrittenType = {
  physical: bytes,
  length: 0,
  form: { as: 'text' },
  annotation: [older(0), newer(1, empty)],
}

const types: Record<string, WrittenType> = {
  BOOLEAN: { physical: physicalTypes.boolean, length: 1, form: { as: 'truth' }, annotation: [] },
  DOUBLE: number(physicalTypes.double, 8, 0, null),
  FLOAT: number(physicalTypes.float, 4, 0, null),
  TINYINT: number(int32, 4, 8, 15),
  SMALLINT: number(int32, 4, 16, 16),
  INTEGER: number(int32, 4, 32, 17),
  BIGINT: number(int64, 8, 64, 18),
  UTINYINT: number(int32, 4, 8, 11),
  USMALLINT: number(int32, 4, 16, 12),
  UINTEGER: number(int32, 4, 32, 13),
  UBIGINT: number(int64, 8, 64, 14),
  VARCHAR: text,
  JSON: { ...text, annotation: [older(19), newer(12, empty)] },
  BLOB: { physical: bytes, length: 0, form: { as: 'blob' }, annotation: [] },
  DATE: { physical: int32, length: 4, form: { as: 'date' }, annotation: [older(6), newer(6, empty)] },
  UUID: { physical: fixed, length: 16, form: { as: 'uuid' }, annotation: [newer(14, empty)] },
  TIME: moment('time', 1e6, false),
  'TIME WITH TIME ZONE': moment('time', 1e6, true),
  TIMESTAMP: moment('timestamp', 1e6, false),
  TIMESTAMP_NS: moment('timestamp', 1e9, false),
  'TIMESTAMP WITH TIME ZONE': moment('timestamp', 1e6, true),
}

/** How a column is written; null where only DuckDB knows its type. */
export function writtenType({ sql }: ColumnType): WrittenType | null {
  const digits = /^DECIMAL\((\d+),(\d+)\)$/.exec(sql)
  if (digits === null) return types[sql] ?? null
  const [precision, scale] = [Number(digits[1]), Number(digits[2])]
  return precision >= 1 && precision <= 38 && scale <= precision ? decimal(precision, scale) : null
}

/** A column's element of the schema. */
export function schemaElement(name: string, type: WrittenType, optional: boolean): ThriftValue {
  return thriftStruct([
    [1, thriftInt(type.physical)],
    ...(type.physical === fixed ? [[2, thriftInt(type.length)] as const] : []),
    [3, thriftInt(optional ? 1 : 0)],
    [4, thriftText(name)],
    ...type.annotation,
  ])
}
