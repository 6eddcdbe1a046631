/** DuckDB's syntax tree as `json_serialize_sql` gives it, read without trust in its shape. */
export type Node = Readonly<Record<string, unknown>>

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function child(node: unknown, ...path: readonly string[]): Node | null {
  let at: unknown = node
  for (const key of path) at = isNode(at) ? at[key] : undefined
  return isNode(at) ? at : null
}

export function list(node: unknown, key: string): readonly unknown[] {
  const value = isNode(node) ? node[key] : undefined
  return Array.isArray(value) ? value : []
}

export function text(node: unknown, key: string): string {
  const value = isNode(node) ? node[key] : undefined
  return typeof value === 'string' ? value : ''
}

/** One entry of a WITH clause, as it stands in `cte_map`. */
export interface WithEntry {
  readonly name: string
  readonly query: Node | null
  readonly entry: unknown
}

export function withEntries(node: Node): WithEntry[] {
  return list(node.cte_map, 'map').map((entry) => ({
    name: text(entry, 'key').toLowerCase(),
    query: child(entry, 'value', 'query', 'node'),
    entry,
  }))
}

/** A statement of one query, for `json_deserialize_sql`. */
export function statementOf(query: Node, scope: readonly WithEntry[]): string {
  const own = withEntries(query)
  const names = new Set(own.map(({ name }) => name))
  const map = [...scope.filter(({ name }) => !names.has(name)), ...own].map(({ entry }) => entry)
  return JSON.stringify({ error: false, statements: [{ node: { ...query, cte_map: { map } } }] })
}
