import { sourceKind } from '../../shared/features/source-kind.ts'
import type { SignatureColumn } from '../../shared/signature/signature.ts'
import { literal } from '../data/database.ts'
import { epochMsSql } from '../data/epoch-ms-sql.ts'

/** What a value becomes in the snapshot: text, or a number. */
export type ValueKind = 'text' | 'number' | 'timestamp'

/** What a feature of a type is in the snapshot. */
export function valueKindOf(type: SignatureColumn['type']): ValueKind {
  if (type === 'categorical' || type === 'text') return 'text'
  return type === 'timestamp' ? type : 'number'
}

/** An offset from UTC behind the time of day. */
const withOffset = ':\\d\\d.*(Z|[+-]\\d\\d(:?\\d\\d)?)\\s*$'

/** What is no finite time is refused when the snapshot is checked: an infinite date, or a text that is none. */
function momentSql(name: string, at: string, type: string): string {
  const odd = `when ${at} is not null then 'inf'::double when ${name} is not null then '-inf'::double`
  return `case when isfinite(${at}) then (${epochMsSql(at, type)})::double ${odd} end`
}

/**
 * A column's value as SQL: numbers as DOUBLE with NaN as null, text as VARCHAR, timestamps as DOUBLE milliseconds
 * since 1970 UTC. `name` is quoted.
 */
export function valueSql(name: string, sourceType: string, as: ValueKind): string {
  if (as === 'text') return `cast(${name} as varchar)`
  if (as === 'timestamp') {
    if (sourceKind(sourceType) !== 'text') return momentSql(name, name, sourceType)
    // A cast to TIMESTAMP leaves out an offset that a text has, which requests read.
    const [plain, zoned] = ['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE'].map((type) =>
      momentSql(name, `try_cast(${name} as ${type})`, type),
    )
    return `case when regexp_matches(${name}, ${literal(withOffset)}) then ${zoned} else ${plain} end`
  }
  if (sourceType === 'BOOLEAN') return `cast(cast(${name} as integer) as double)`
  const number = `cast(${name} as double)`
  // NaN is how DataFrames write a missing number.
  if (sourceType === 'FLOAT' || sourceType === 'DOUBLE') {
    return `case when isnan(${name}) then null else ${number} end`
  }
  return number
}
