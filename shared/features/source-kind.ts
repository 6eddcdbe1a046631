/** What a DuckDB type can be to a model; null where it must be excluded or converted first. */
export type SourceKind = 'float' | 'integer' | 'text' | 'boolean' | 'timestamp'

const integers = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/
const floats = /^(FLOAT|DOUBLE|DECIMAL(\(.*\))?)$/
const texts = /^(VARCHAR|UUID|ENUM\(.*\))$/s
const timestamps = /^(DATE|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE)$/

export function sourceKind(sourceType: string): SourceKind | null {
  if (sourceType === 'BOOLEAN') return 'boolean'
  if (integers.test(sourceType)) return 'integer'
  if (floats.test(sourceType)) return 'float'
  if (timestamps.test(sourceType)) return 'timestamp'
  return texts.test(sourceType) ? 'text' : null
}
