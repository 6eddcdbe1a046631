import { type SqlToken, tokenize } from '../../notebook/sql/sql-statements.ts'

/** Where an expression stands in a SQL text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** DuckDB's locations count bytes of UTF-8. */
function offsetOf(sql: string, bytes: number): number {
  return Buffer.from(sql).subarray(0, bytes).toString().length
}

function closing(tokens: readonly SqlToken[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]?.kind !== 'symbol') continue
    if (tokens[at]?.text === '(') depth += 1
    else if (tokens[at]?.text === ')' && --depth === 0) return at
  }
  return tokens.length - 1
}

const is = (token: SqlToken | undefined, word: string) => token?.text.toLowerCase() === word

/**
 * Where the expression at a location of the syntax tree ends: a function's call with its FILTER, WITHIN GROUP and OVER,
 * or a subquery in parentheses; of anything else its first word.
 */
export function expressionSpan(sql: string, location: number): Span {
  const start = offsetOf(sql, location)
  const tokens = tokenize(sql)
  const first = Math.max(
    tokens.findIndex((token) => token.end > start),
    0,
  )
  let at = first
  while (is(tokens[at + 1], '.')) at += 2
  if (is(tokens[at], '(')) at = closing(tokens, at)
  else if (is(tokens[at + 1], '(')) {
    at = closing(tokens, at + 1)
    for (;;) {
      if (is(tokens[at + 1], 'within') && is(tokens[at + 2], 'group')) at = closing(tokens, at + 3)
      else if (is(tokens[at + 1], 'filter')) at = closing(tokens, at + 2)
      else if (is(tokens[at + 1], 'ignore') || is(tokens[at + 1], 'respect')) at += 2
      else break
    }
    if (is(tokens[at + 1], 'over')) at = is(tokens[at + 2], '(') ? closing(tokens, at + 2) : at + 2
  }
  return { start: tokens[first]?.start ?? start, end: tokens[at]?.end ?? sql.length }
}

/** The first clause that begins with these words, cut to a readable length. */
export function clauseText(sql: string, ...words: readonly string[]): string {
  const tokens = tokenize(sql)
  const at = tokens.findIndex((_, i) => words.every((word, k) => is(tokens[i + k], word)))
  if (at < 0) return words.join(' ').toUpperCase()
  const clause = sql.slice(tokens[at]?.start ?? 0).replace(/\s+/g, ' ')
  return clause.length > 60 ? `${clause.slice(0, 60)}…` : clause
}

/** Two spellings of one expression compare equal: without blanks, and without regard to case outside quotes. */
export function plainExpression(sql: string): string {
  return tokenize(sql)
    .map(({ kind, text }) => (kind === 'string' || kind === 'quoted' ? text : text.toLowerCase()))
    .join(' ')
}
