/**
 * Milliseconds since 1970 UTC of a date or time as SQL. What is below a millisecond is dropped, as requests drop digits
 * of a text, also before 1970, where `epoch_ms` goes up to the next millisecond. `type` is DuckDB's name of `at`'s type.
 */
export function epochMsSql(at: string, type: string): string {
  if (type === 'DATE' || type === 'TIMESTAMP_S' || type === 'TIMESTAMP_MS') return `epoch_ms(${at})`
  if (type === 'TIMESTAMP_NS') return `epoch_ns(${at}) // 1000000 - (epoch_ns(${at}) % 1000000 < 0)::integer`
  return `epoch_ms(${at}) - (epoch_us(${at}) % 1000 < 0)::integer`
}
