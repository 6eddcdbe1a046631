/** HOT: one call a value that passes through into another format (benchmark: bench/batch.ts). */
import { truthFromText } from '../../shared/signature/read-value.ts'
import type { ColumnType } from './row-chunk.ts'

export type PlainValue = string | number | bigint | boolean | null

/** A value as its column's type has it: NaN, absent values and empty CSV cells are null, spelled-out truth values are truth values. */
export function plainValue(value: unknown, type: ColumnType, textCell: boolean): PlainValue {
  switch (typeof value) {
    case 'number':
      return Number.isNaN(value) ? null : value
    case 'bigint':
    case 'boolean':
      return value
    case 'string': {
      if (textCell && value === '') return null
      if (type.kind !== 'boolean') return value
      const truth = truthFromText(value)
      return truth === null ? null : truth === 1
    }
    case 'object':
      return value === null ? null : JSON.stringify(value)
    default:
      return null
  }
}
