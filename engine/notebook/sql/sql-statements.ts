/** One SQL statement as it stands in the cell, without its semicolon. */
export interface SqlStatement {
  readonly text: string
  /** Offset of `text` in the cell's source. */
  readonly offset: number
  /** Words and symbols without comments; identifiers keep their quotes. */
  readonly tokens: readonly SqlToken[]
}

export interface SqlToken {
  readonly text: string
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol'
  /** Offset in the cell's source. */
  readonly start: number
  readonly end: number
}

const patterns: readonly (readonly [SqlToken['kind'] | 'skip', RegExp])[] = [
  ['skip', /\s+|--[^\n]*/y],
  ['string', /[eE]'(?:[^'\\]|\\[\s\S]|'')*'?/y],
  ['string', /'(?:[^']|'')*'?/y],
  ['quoted', /"(?:[^"]|"")*"?/y],
  ['string', /\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/y],
  ['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['number', /\d[\w.]*/y],
]

/** Block comments nest, which a regular expression cannot follow. */
function blockCommentEnd(source: string, start: number): number {
  let depth = 0
  for (let index = start; index < source.length - 1; index += 1) {
    const pair = source.slice(index, index + 2)
    if (pair === '/*') {
      depth += 1
      index += 1
    } else if (pair === '*/') {
      depth -= 1
      index += 1
      if (depth === 0) return index + 1
    }
  }
  return source.length
}

/** DuckDB's lexical rules: quotes, dollar quotes, escape strings, nested comments. */
export function tokenize(source: string): SqlToken[] {
  const tokens: SqlToken[] = []
  let position = 0
  while (position < source.length) {
    if (source.startsWith('/*', position)) {
      position = blockCommentEnd(source, position)
      continue
    }
    let matched = false
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = position
      const text = pattern.exec(source)?.[0]
      if (text === undefined || text === '') continue
      if (kind !== 'skip') tokens.push({ text, kind, start: position, end: position + text.length })
      position += text.length
      matched = true
      break
    }
    if (!matched) {
      tokens.push({ text: source[position] ?? '', kind: 'symbol', start: position, end: position + 1 })
      position += 1
    }
  }
  return tokens
}

/** The statements of a cell; empty ones (stray semicolons, comments only) are left out. */
export function splitStatements(source: string): SqlStatement[] {
  const statements: SqlStatement[] = []
  let tokens: SqlToken[] = []
  const close = () => {
    const [first, last] = [tokens[0], tokens.at(-1)]
    if (first && last)
      statements.push({ text: source.slice(first.start, last.end), offset: first.start, tokens })
    tokens = []
  }
  for (const token of tokenize(source)) {
    if (token.kind === 'symbol' && token.text === ';') close()
    else tokens.push(token)
  }
  close()
  return statements
}

/** The name without quotes; DuckDB compares names without regard to case. */
export function plainIdentifier(token: SqlToken): string {
  return token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('""', '"') : token.text
}
