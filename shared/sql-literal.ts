/** A text in DuckDB's SQL. DuckDB ends a statement at U+0000, which its texts may hold, so that is spelled out. */
export function sqlLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes('\0') ? `(${quoted.replaceAll('\0', "' || chr(0) || '")})` : quoted
}
