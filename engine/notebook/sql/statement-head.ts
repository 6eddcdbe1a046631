import { plainIdentifier, type SqlStatement, type SqlToken } from './sql-statements.ts'

/** What a statement does, as far as its first words say. */
export type StatementHead =
  /** Gives rows that can stand behind a view. */
  | { type: 'select' }
  /** Gives rows that DuckDB shows but allows in no view, such as EXPLAIN and CALL. */
  | { type: 'show' }
  | { type: 'pivot' }
  | {
      type: 'create'
      what: 'table' | 'view'
      name: string
      temporary: boolean
      /** The query after AS, if there is one. */
      query: { text: string; tokens: readonly SqlToken[] } | null
    }
  /** INSERT, UPDATE, DELETE, MERGE, COPY into, DROP, ALTER: changes `name`. */
  | { type: 'change'; name: string | null; query: { text: string; tokens: readonly SqlToken[] } | null }
  | { type: 'variable'; name: string }
  /** BEGIN, COMMIT, CHECKPOINT and the like, which decide over transactions themselves. */
  | { type: 'transaction' }
  | { type: 'other' }

class Words {
  private position = 0
  private readonly tokens: readonly SqlToken[]
  constructor(tokens: readonly SqlToken[]) {
    this.tokens = tokens
  }
  peek(): SqlToken | undefined {
    return this.tokens[this.position]
  }
  accept(...words: string[]): boolean {
    const matches = words.every((word, index) => {
      const token = this.tokens[this.position + index]
      return token !== undefined && token.kind !== 'quoted' && token.text.toLowerCase() === word
    })
    if (matches) this.position += words.length
    return matches
  }
  /** `name`, `schema.name` or `catalog.schema.name`, as the contract writes relations. */
  name(): string | null {
    const parts: string[] = []
    for (;;) {
      const token = this.peek()
      if (!token || (token.kind !== 'word' && token.kind !== 'quoted')) break
      parts.push(plainIdentifier(token))
      this.position += 1
      if (!this.accept('.')) break
    }
    return parts.length === 0 ? null : parts.join('.')
  }
  rest(): SqlToken[] {
    return this.tokens.slice(this.position)
  }
}

function queryOf(statement: SqlStatement, tokens: readonly SqlToken[]) {
  const first = tokens[0]
  if (!first) return null
  return { text: statement.text.slice(first.start - statement.offset), tokens }
}

/** The tokens after the first AS that is outside parentheses. */
function afterAs(tokens: readonly SqlToken[]): readonly SqlToken[] {
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(') depth += 1
    else if (token.text === ')') depth -= 1
    else if (depth === 0 && token.kind === 'word' && token.text.toLowerCase() === 'as') {
      return tokens.slice(index + 1)
    }
  }
  return []
}

const queryWords = new Set(['select', 'from', 'with', 'values', 'pivot', 'unpivot'])

function fromFirstQueryWord(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const index = tokens.findIndex((token) => token.kind === 'word' && queryWords.has(token.text.toLowerCase()))
  return index < 0 ? [] : tokens.slice(index)
}

function createHead(statement: SqlStatement, words: Words): StatementHead {
  words.accept('or', 'replace')
  const temporary = words.accept('temp') || words.accept('temporary')
  words.accept('recursive')
  const what = words.accept('table') ? 'table' : words.accept('view') ? 'view' : null
  if (what === null) return { type: 'other' }
  words.accept('if', 'not', 'exists')
  const name = words.name()
  if (name === null) return { type: 'other' }
  return { type: 'create', what, name, temporary, query: queryOf(statement, afterAs(words.rest())) }
}

/** `copy t from …` and `copy t to …` differ only after the name. */
function copyHead(statement: SqlStatement, words: Words): StatementHead {
  if (words.peek()?.text === '(') {
    return { type: 'change', name: null, query: queryOf(statement, words.rest().slice(1)) }
  }
  const name = words.name()
  return words.accept('from')
    ? { type: 'change', name, query: null }
    : { type: 'change', name: null, query: name === null ? null : { text: `from ${name}`, tokens: [] } }
}

export function headOf(statement: SqlStatement): StatementHead {
  const words = new Words(statement.tokens)
  const change = (): StatementHead => {
    const name = words.name()
    return { type: 'change', name, query: queryOf(statement, fromFirstQueryWord(words.rest())) }
  }
  if (words.accept('create')) return createHead(statement, words)
  if (words.accept('insert', 'or', 'replace', 'into') || words.accept('insert', 'or', 'ignore', 'into')) {
    return change()
  }
  if (words.accept('insert', 'into') || words.accept('delete', 'from') || words.accept('merge', 'into')) {
    return change()
  }
  if (words.accept('update')) return change()
  if (words.accept('drop', 'table') || words.accept('drop', 'view') || words.accept('alter', 'table')) {
    words.accept('if', 'exists')
    return { type: 'change', name: words.name(), query: null }
  }
  if (words.accept('copy')) return copyHead(statement, words)
  if (words.accept('set', 'variable')) {
    const name = words.name()
    return name === null ? { type: 'other' } : { type: 'variable', name }
  }
  for (const word of [
    'begin',
    'commit',
    'rollback',
    'abort',
    'start',
    'checkpoint',
    'force',
    'vacuum',
    'attach',
    'detach',
    'use',
  ]) {
    if (words.accept(word)) return { type: 'transaction' }
  }
  if (words.accept('pivot')) return { type: 'pivot' }
  for (const word of ['select', 'from', 'with', 'values', 'unpivot', 'describe', 'desc', 'summarize', '(']) {
    if (words.accept(word)) return { type: 'select' }
  }
  for (const word of ['explain', 'show', 'call', 'pragma', 'table', 'execute']) {
    if (words.accept(word)) return { type: 'show' }
  }
  return { type: 'other' }
}
