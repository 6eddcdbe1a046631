import { clauseText, expressionSpan, type Span } from './expression-text.ts'
import {
  child,
  isNode,
  list,
  type Node,
  statementOf,
  text,
  type WithEntry,
  withEntries,
} from './syntax-tree.ts'

/** An expression whose value over the training rows can take its place. */
export interface Freezable {
  readonly span: Span
  /** The statement that gives the value, as JSON for `json_deserialize_sql`; its first column of its first row. */
  readonly statement: string
}

/** One reason why a row's result could depend on other rows, on the time, or on chance. */
export interface Finding {
  /** As it stands in the cell. */
  readonly expression: string
  /** Completes "… which …". */
  readonly why: string
  readonly freezable: Freezable | null
}

export interface Locality {
  readonly findings: readonly Finding[]
  /** Relations that are read but are no part of the chain. */
  readonly lookups: readonly string[]
  /** Whether the result comes from rows of the serving input at all. */
  readonly carries: boolean
}

export interface FunctionKinds {
  readonly aggregates: ReadonlySet<string>
  /** Those whose value is another one at every call, row or day. */
  readonly unsteady: ReadonlySet<string>
}

/** Words that DuckDB takes for functions without parentheses. */
const timeWords = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
  'current_localtime',
  'current_localtimestamp',
])

/** Table functions that make rows of their arguments alone. */
const pureTables = new Set(['unnest', 'range', 'generate_series', 'repeat'])

const otherRows = 'looks at more rows than its own'

/**
 * Whether a chain cell's query gives each row of the serving input a result of its own, by DuckDB's syntax tree.
 *
 * Allowed are expressions over one row, filters (a row they leave out is answered with an error), and joins with tables
 * that are no part of the chain, from the side that carries the rows.
 *
 * @param chain lower-case names of the serving input and the chain's relations
 */
export function checkRowLocality(
  sql: string,
  query: Node,
  chain: ReadonlySet<string>,
  functions: FunctionKinds,
): Locality {
  const findings: Finding[] = []
  const lookups = new Set<string>()

  const add = (expression: string, why: string, freezable: Freezable | null = null) => {
    const isKnown = findings.some((one) => one.expression === expression && one.why === why)
    // Each place of a statistic is filled; anything else is said once.
    if (freezable || !isKnown) findings.push({ expression, why, freezable })
  }
  const spanOf = (node: Node): Span =>
    expressionSpan(sql, typeof node.query_location === 'number' ? node.query_location : 0)
  const said = (node: Node): string => {
    const { start, end } = spanOf(node)
    return sql.slice(start, end)
  }

  type Scope = { readonly carrying: ReadonlyMap<string, boolean>; readonly entries: readonly WithEntry[] }

  const freezableWindow = (node: Node, select: Node, scope: Scope): Freezable | null => {
    const plain =
      node.type === 'WINDOW_AGGREGATE' &&
      list(node, 'partitions').length === 0 &&
      list(node, 'orders').length === 0 &&
      text(node, 'start') === 'UNBOUNDED_PRECEDING' &&
      ['CURRENT_ROW_RANGE', 'UNBOUNDED_FOLLOWING'].includes(text(node, 'end'))
    if (!plain) return null
    const { modifiers: _, qualify: __, ...rest } = select
    const value = { ...rest, select_list: [node] }
    return { span: spanOf(node), statement: statementOf(value, scope.entries) }
  }

  /** Expressions of a query whose rows `carries` says to be those of the serving input. */
  const walkExpression = (node: unknown, select: Node, scope: Scope, carries: boolean): void => {
    if (Array.isArray(node)) {
      for (const item of node) walkExpression(item, select, scope, carries)
      return
    }
    if (!isNode(node)) return
    const name = text(node, 'function_name').toLowerCase()
    if (node.class === 'SUBQUERY') {
      walkSubquery(node, scope)
      walkExpression(node.child, select, scope, carries)
      return
    }
    if (node.class === 'WINDOW' && carries) {
      add(said(node), otherRows, freezableWindow(node, select, scope))
      return
    }
    if (node.class === 'FUNCTION') {
      if (functions.aggregates.has(name) && carries) {
        add(said(node), 'adds up rows into one')
        return
      }
      if (functions.unsteady.has(name)) add(said(node), 'gives another value each time it is asked')
      if (name === 'getvariable') add(said(node), 'reads a session variable, which a bundle does not have')
    }
    const names = list(node, 'column_names')
    if (node.class === 'COLUMN_REF' && names.length === 1 && timeWords.has(String(names[0]).toLowerCase())) {
      add(said(node), 'gives another value each time it is asked')
    }
    for (const [key, value] of Object.entries(node)) {
      if (key !== 'cte_map') walkExpression(value, select, scope, carries)
    }
  }

  /** A subquery that reads the serving input's rows is a statistic of them; one over lookups alone is none. */
  const walkSubquery = (node: Node, scope: Scope): void => {
    const query = child(node, 'subquery', 'node')
    if (!query) return
    const before = findings.length
    const carries = walkQuery(query, scope)
    if (!carries) return
    findings.length = before
    const selected = list(query, 'select_list')
    const isValue =
      node.subquery_type === 'SCALAR' &&
      query.type === 'SELECT_NODE' &&
      selected.length === 1 &&
      list(query, 'group_expressions').length === 0 &&
      holdsAggregate(selected[0])
    add(
      said(node),
      'reads all rows of the serving input',
      isValue ? { span: spanOf(node), statement: statementOf(query, scope.entries) } : null,
    )
  }

  const holdsAggregate = (node: unknown): boolean =>
    Array.isArray(node)
      ? node.some(holdsAggregate)
      : isNode(node) &&
        ((node.class === 'FUNCTION' && functions.aggregates.has(text(node, 'function_name').toLowerCase())) ||
          Object.values(node).some(holdsAggregate))

  const walkTable = (from: Node | null, select: Node, scope: Scope): boolean => {
    if (!from) return false
    if (isNode(from.sample)) add(clauseText(sql, 'tablesample'), 'takes rows by chance')
    switch (from.type) {
      case 'BASE_TABLE': {
        const name = text(from, 'table_name')
        const schema = text(from, 'schema_name')
        const local = schema === '' ? scope.carrying.get(name.toLowerCase()) : undefined
        if (local !== undefined) return local
        if (chain.has(name.toLowerCase()) && (schema === '' || schema.toLowerCase() === 'main')) {
          if (schema !== '')
            add(`${schema}.${name}`, `names ${name} with its schema, where a bundle has none; write ${name}`)
          return true
        }
        lookups.add(schema === '' ? name : `${schema}.${name}`)
        return false
      }
      case 'SUBQUERY': {
        const query = child(from, 'subquery', 'node')
        return query !== null && walkQuery(query, scope)
      }
      case 'JOIN':
        return walkJoin(from, select, scope)
      case 'TABLE_FUNCTION': {
        const called = child(from, 'function')
        const name = text(called, 'function_name').toLowerCase()
        if (!pureTables.has(name)) add(said(from), 'reads what is outside the bundle')
        walkExpression(called, select, scope, false)
        return false
      }
      case 'PIVOT':
      case 'SHOW_REF':
        add(clauseText(sql, from.type === 'PIVOT' ? 'pivot' : 'summarize'), otherRows)
        return true
      default:
        walkExpression(from.values, select, scope, false)
        return false
    }
  }

  const walkJoin = (from: Node, select: Node, scope: Scope): boolean => {
    const left = walkTable(child(from, 'left'), select, scope)
    const right = walkTable(child(from, 'right'), select, scope)
    walkExpression(from.condition, select, scope, false)
    if (!left && !right) return false
    const join = text(from, 'join_type')
    const words = [join.toLowerCase(), 'join'].filter((word) => word !== 'inner')
    const clause = clauseText(sql, ...words)
    if (left && right) add(clause, 'joins rows of the serving input with each other')
    else if (from.ref_type === 'POSITIONAL') add(clause, 'depends on the order of the rows')
    else if (join === 'OUTER') add(clause, 'adds rows that no row of the serving input stands for')
    else if (right ? join === 'LEFT' || join === 'SEMI' || join === 'ANTI' : join === 'RIGHT') {
      add(clause, 'starts from the other table, whose rows no request carries')
    }
    return true
  }

  const scopeOf = (query: Node, outer: Scope): Scope => {
    const carrying = new Map(outer.carrying)
    const entries = [...outer.entries]
    for (const entry of withEntries(query)) {
      const carries = entry.query !== null && walkQuery(entry.query, { carrying, entries: [...entries] })
      carrying.set(entry.name, carries)
      entries.push(entry)
    }
    return { carrying, entries }
  }

  const walkModifiers = (query: Node, carries: boolean, select: Node, scope: Scope) => {
    for (const modifier of list(query, 'modifiers')) {
      const type = text(modifier, 'type')
      if (carries && type === 'DISTINCT_MODIFIER') add(clauseText(sql, 'distinct'), otherRows)
      if (carries && type.startsWith('LIMIT')) {
        const word = isNode(modifier) && isNode(modifier.limit) ? 'limit' : 'offset'
        add(clauseText(sql, word), 'keeps some rows because of others')
      }
      if (type === 'ORDER_MODIFIER') walkExpression(list(modifier, 'orders'), select, scope, carries)
    }
  }

  const walkQuery = (query: Node, outer: Scope): boolean => {
    const scope = scopeOf(query, outer)
    if (query.type === 'SELECT_NODE') {
      const carries = walkTable(child(query, 'from_table'), query, scope)
      if (carries) {
        if (list(query, 'group_expressions').length > 0 || query.aggregate_handling === 'FORCE_AGGREGATES') {
          add(clauseText(sql, 'group', 'by'), 'adds up rows into one')
        }
        if (isNode(query.sample)) add(clauseText(sql, 'using', 'sample'), 'takes rows by chance')
        if (isNode(query.qualify)) add(clauseText(sql, 'qualify'), otherRows)
      }
      if (!isNode(query.qualify) || !carries) walkExpression(query.qualify, query, scope, carries)
      for (const key of ['select_list', 'where_clause', 'having', 'group_expressions']) {
        walkExpression(query[key], query, scope, carries)
      }
      walkModifiers(query, carries, query, scope)
      return carries
    }
    const sides = [
      child(query, 'left'),
      child(query, 'right'),
      ...list(query, 'children').map((one) => child(one)),
    ]
    const carrying = sides.map((side) => side !== null && walkQuery(side, scope))
    const carries = carrying.some((one) => one)
    if (carries) {
      const word = text(query, 'setop_type').toLowerCase()
      add(clauseText(sql, word === '' ? 'with' : word), 'puts rows together that belong to several queries')
    }
    walkModifiers(query, carries, query, scope)
    return carries
  }

  const carries = walkQuery(query, { carrying: new Map(), entries: [] })
  return { findings, lookups: [...lookups], carries }
}
