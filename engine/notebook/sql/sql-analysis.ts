import { type CellSymbol, modelSymbol, relationSymbol } from '../../../shared/notebook/graph.ts'
import { literal, type Session } from '../../data/database.ts'
import { plainIdentifier, type SqlStatement, type SqlToken, splitStatements } from './sql-statements.ts'
import { headOf, type StatementHead } from './statement-head.ts'

export interface AnalysedStatement {
  readonly statement: SqlStatement
  readonly head: StatementHead
}

export interface SqlAnalysis {
  readonly statements: readonly AnalysedStatement[]
  readonly defines: readonly CellSymbol[]
  readonly uses: readonly CellSymbol[]
  /** The result depends on session variables or temporary tables, which other connections do not see. */
  readonly sessionBound: boolean
  /** Leaves something in the session that does not outlive it. */
  readonly leavesInSession: boolean
  /** Names of session variables set here. */
  readonly variables: readonly string[]
}

interface References {
  relations: Set<string>
  variables: Set<string>
  /** Model versions that `predict(…)` names. */
  models: Set<string>
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The relations a WITH clause defines, by the `cte_map` of DuckDB's tree. */
function cteNames(node: Record<string, unknown>): { name: string; query: unknown }[] {
  const map = isRecord(node.cte_map) && Array.isArray(node.cte_map.map) ? node.cte_map.map : []
  return map.flatMap((entry: unknown) =>
    isRecord(entry) && typeof entry.key === 'string'
      ? [{ name: entry.key.toLowerCase(), query: entry.value }]
      : [],
  )
}

function isRecursive(query: unknown, name: string): boolean {
  return JSON.stringify(query ?? null)
    .toLowerCase()
    .includes(`"cte_name":${JSON.stringify(name)}`)
}

/** `predict('churn@champion', features)`: the parser takes the relation for a column. */
function readPredict(children: readonly unknown[], local: ReadonlySet<string>, found: References): void {
  const reference = constantText(children[0])
  if (reference !== null) found.models.add(reference)
  const argument = children[1]
  if (!isRecord(argument) || argument.type !== 'COLUMN_REF' || !Array.isArray(argument.column_names)) return
  const relation = argument.column_names.map(String).join('.')
  if (!local.has(relation.toLowerCase())) found.relations.add(relation)
}

function constantText(node: unknown): string | null {
  if (!isRecord(node) || !isRecord(node.value)) return null
  return typeof node.value.value === 'string' ? node.value.value : null
}

/** Walks DuckDB's syntax tree for the relations and variables it reads; WITH names are local where they are in scope. */
function walk(node: unknown, local: ReadonlySet<string>, found: References): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, local, found)
    return
  }
  if (!isRecord(node)) return
  let scope = local
  const ctes = cteNames(node)
  if (ctes.length > 0) {
    const names = new Set(local)
    for (const { name, query } of ctes) {
      // An ordinary WITH query does not see its own name: `with a as (from a)` reads the outer `a`.
      walk(query, isRecursive(query, name) ? new Set([...names, name]) : names, found)
      names.add(name)
    }
    scope = names
  }
  if (node.type === 'BASE_TABLE' && typeof node.table_name === 'string') {
    const schema = typeof node.schema_name === 'string' ? node.schema_name : ''
    const catalog = typeof node.catalog_name === 'string' ? node.catalog_name : ''
    const qualified = [catalog, schema, node.table_name].filter((part) => part !== '').join('.')
    if (qualified !== node.table_name || !scope.has(qualified.toLowerCase())) found.relations.add(qualified)
  }
  if (node.class === 'FUNCTION' && Array.isArray(node.children)) {
    const argument = constantText(node.children[0])
    if (node.function_name === 'getvariable' && argument !== null) found.variables.add(argument.toLowerCase())
    if (node.function_name === 'query_table' && argument !== null) found.relations.add(argument)
  }
  if (node.type === 'TABLE_FUNCTION' && isRecord(node.function)) {
    const { function_name: name, children } = node.function
    if (name === 'predict' && Array.isArray(children)) readPredict(children, scope, found)
  }
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'cte_map') walk(value, scope, found)
  }
}

/** For statements whose tree DuckDB does not give out: names after FROM, JOIN, PIVOT and the like. */
function scan(tokens: readonly SqlToken[], found: References): void {
  const openers = new Set(['from', 'join', 'pivot', 'unpivot', 'using', 'summarize', 'describe', 'table'])
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || !openers.has(token.text.toLowerCase())) continue
    const parts: string[] = []
    for (let at = index + 1; at < tokens.length; at += 2) {
      const part = tokens[at]
      if (!part || (part.kind !== 'word' && part.kind !== 'quoted')) break
      parts.push(plainIdentifier(part))
      if (tokens[at + 1]?.text !== '.') {
        if (tokens[at + 1]?.text === '(') parts.length = 0
        break
      }
    }
    if (parts.length > 0) found.relations.add(parts.join('.'))
  }
}

async function readReferences(
  session: Session,
  text: string,
  tokens: readonly SqlToken[],
  found: References,
): Promise<void> {
  const rows = await session.rows(
    `select json_serialize_sql(${literal(text)}, skip_null := true, skip_default := true)::varchar as tree`,
  )
  const tree: unknown = JSON.parse(String(rows[0]?.tree ?? '{}'))
  if (isRecord(tree) && tree.error !== true) walk(tree.statements, new Set(), found)
  else scan(tokens, found)
}

/**
 * What a SQL source defines and reads, by DuckDB's own parser. A source that does not parse has what could be read
 * of it; running it gives DuckDB's message.
 */
export async function analyseSql(session: Session, source: string): Promise<SqlAnalysis> {
  const statements = splitStatements(source).map((statement) => ({ statement, head: headOf(statement) }))
  const defines = new Set<CellSymbol>()
  const uses = new Set<CellSymbol>()
  const temporary = new Set<string>()
  const variables: string[] = []
  let sessionBound = false
  let leavesInSession = false
  for (const { statement, head } of statements) {
    const found: References = { relations: new Set(), variables: new Set(), models: new Set() }
    const query = head.type === 'create' || head.type === 'change' ? head.query : statement
    if (query) await readReferences(session, query.text, query.tokens, found)
    if (head.type === 'variable') {
      await readReferences(session, `select ${statement.text.replace(/^[^=]*=/, '')}`, [], found)
    }
    for (const relation of found.relations) {
      const symbol = relationSymbol(relation)
      if (temporary.has(relation.toLowerCase())) sessionBound = true
      if (!defines.has(symbol)) uses.add(symbol)
    }
    for (const variable of found.variables) {
      sessionBound = true
      if (!variables.includes(variable)) uses.add(`variable:${variable}`)
    }
    for (const reference of found.models) {
      // Scored rows are temporary tables.
      sessionBound = true
      uses.add(modelSymbol(reference))
    }
    if (head.type === 'create') {
      defines.add(relationSymbol(head.name))
      if (head.temporary) {
        temporary.add(head.name.toLowerCase())
        leavesInSession = true
      }
    } else if (head.type === 'change' && head.name !== null && !defines.has(relationSymbol(head.name))) {
      uses.add(relationSymbol(head.name))
    } else if (head.type === 'variable') {
      variables.push(head.name.toLowerCase())
      defines.add(`variable:${head.name.toLowerCase()}`)
      leavesInSession = true
    } else if (head.type === 'transaction') leavesInSession = true
  }
  return { statements, defines: [...defines], uses: [...uses], sessionBound, leavesInSession, variables }
}
