/** DuckDB types that are aligned right: those of single numbers, so neither `BIGINT[]` nor `INTERVAL`. */
export function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|REAL|(DECIMAL|NUMERIC)(\(.*\))?)$/i.test(type)
}
