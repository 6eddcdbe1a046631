import { sourceKind } from '../../shared/features/source-kind.ts'
import type { SignatureColumn } from '../../shared/signature/signature.ts'
import { epochMsSql } from '../data/epoch-ms-sql.ts'

/** What a value becomes in the snapshot: text, or a number. */
export type ValueKind = 'text' | 'number' | 'timestamp'

/** What a feature of a type is in the snapshot. */
export function valueKindOf(type: SignatureColumn['type']): ValueKind {
  if (type === 'categorical' || type === 'text') return 'text'
  return type === 'timestamp' ? type : 'number'
}

/**
 * A column's value as SQL: numbers as DOUBLE with NaN as null, text as VARCHAR, timestamps as DOUBLE milliseconds
 * since 1970 UTC. `name` is quoted.
 */
export function valueSql(name: string, sourceType: string, as: ValueKind): string {
  if (as === 'text') return `cast(${name} as varchar)`
  if (as === 'timestamp') {
    const isText = sourceKind(sourceType) === 'text'
    const at = isText ? `try_cast(${name} as timestamp)` : name
    const ms = epochMsSql(at, isText ? 'TIMESTAMP' : sourceType)
    // What is no finite time is refused when the snapshot is checked: an infinite date, or a text that is none.
    const odd = `when ${at} is not null then 'inf'::double when ${name} is not null then '-inf'::double`
    return `case when isfinite(${at}) then (${ms})::double ${odd} end`
  }
  if (sourceType === 'BOOLEAN') return `cast(cast(${name} as integer) as double)`
  const number = `cast(${name} as double)`
  // NaN is how DataFrames write a missing number.
  if (sourceType === 'FLOAT' || sourceType === 'DOUBLE') {
    return `case when isnan(${name}) then null else ${number} end`
  }
  return number
}
