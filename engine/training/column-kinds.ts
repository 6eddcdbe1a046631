/** What a DuckDB type can be to a model; null where it must be excluded or converted first. */
export type SourceKind = 'float' | 'integer' | 'text' | 'boolean'

const integers = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/
const floats = /^(FLOAT|DOUBLE|DECIMAL(\(.*\))?)$/
const texts = /^(VARCHAR|UUID|ENUM\(.*\))$/s

export function sourceKind(sourceType: string): SourceKind | null {
  if (sourceType === 'BOOLEAN') return 'boolean'
  if (integers.test(sourceType)) return 'integer'
  if (floats.test(sourceType)) return 'float'
  return texts.test(sourceType) ? 'text' : null
}

/** A column's value as SQL: numbers as DOUBLE with NaN as null, text as VARCHAR. `name` is quoted. */
export function valueSql(name: string, sourceType: string, asText: boolean): string {
  if (asText) return `cast(${name} as varchar)`
  if (sourceType === 'BOOLEAN') return `cast(cast(${name} as integer) as double)`
  const number = `cast(${name} as double)`
  // NaN is how DataFrames write a missing number.
  if (sourceType === 'FLOAT' || sourceType === 'DOUBLE') {
    return `case when isnan(${name}) then null else ${number} end`
  }
  return number
}
