/** Whether a DuckDB type holds text, whose values must come as strings ("001" must not lose its zeros). */
export function isTextType(sourceType: string): boolean {
  return /^(VARCHAR|ENUM|UUID|CHAR|TEXT|STRING)/i.test(sourceType)
}
