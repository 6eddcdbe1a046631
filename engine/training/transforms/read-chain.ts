import { Failure } from '../../../shared/failure.ts'
import { relationSymbol } from '../../../shared/notebook/graph.ts'
import { literal, type Session } from '../../data/database.ts'
import { analyseSql } from '../../notebook/sql/sql-analysis.ts'
import { splitStatements } from '../../notebook/sql/sql-statements.ts'
import { headOf } from '../../notebook/sql/statement-head.ts'
import { checkRowLocality, type Finding, type FunctionKinds } from './row-locality.ts'
import { child, isNode, list } from './syntax-tree.ts'

/** How a relation is made, as the notebook has it. */
export interface RelationDefinition {
  readonly relation: string
  /** How messages call the cell: `"features"`. */
  readonly cell: string
  /** The query behind the relation. */
  readonly sql: string
}

export interface ChainCell extends RelationDefinition {
  readonly findings: readonly Finding[]
}

export interface Chain {
  readonly servingInput: string
  /** From the serving input to the training relation, each after all that it reads. */
  readonly cells: readonly ChainCell[]
  /** Relations that the cells read beside the chain. */
  readonly lookups: readonly string[]
}

const keyOf = (relation: string): string => relationSymbol(relation)

/** Views of the database, for relations that no cell of the notebook makes. */
async function viewDefinition(session: Session, relation: string): Promise<RelationDefinition | null> {
  const dot = relation.indexOf('.')
  const [schema, name] = dot < 0 ? ['main', relation] : [relation.slice(0, dot), relation.slice(dot + 1)]
  const [view] = await session.rows(
    `select sql from duckdb_views() where database_name = current_database()
       and lower(schema_name) = lower($1) and lower(view_name) = lower($2)`,
    [schema, name],
  )
  const [statement] = splitStatements(String(view?.sql ?? ''))
  const head = statement ? headOf(statement) : null
  if (head?.type !== 'create' || head.query === null) return null
  return { relation, cell: `view ${relation}`, sql: head.query.text }
}

async function functionKinds(session: Session): Promise<FunctionKinds> {
  const rows = await session.rows(
    `select lower(function_name) as name, bool_or(function_type = 'aggregate') as aggregate
     from duckdb_functions()
     where function_type = 'aggregate' or stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')
     group by 1`,
  )
  const named = (aggregate: boolean) =>
    new Set(rows.filter((row) => row.aggregate === aggregate).map((row) => String(row.name)))
  return {
    aggregates: new Set([...named(true), 'count_star']),
    unsteady: new Set([...named(false), 'current_localtimestamp', 'current_localtime']),
  }
}

async function parse(session: Session, { sql, cell, relation }: RelationDefinition) {
  const [row] = await session.rows(
    `select json_serialize_sql(${literal(sql)}, skip_null := true, skip_default := true)::varchar as tree`,
  )
  const tree: unknown = JSON.parse(String(row?.tree ?? '{}'))
  const query = isNode(tree) && tree.error !== true ? child(list(tree, 'statements')[0], 'node') : null
  if (query) return query
  throw new Failure(
    'invalid-input',
    `The cell ${cell} makes "${relation}" by something other than a SELECT, which cannot be followed from the serving input.`,
    'Write it as a SELECT, or move it upstream of servingInput.',
    'servingInput',
  )
}

/**
 * The SQL between two relations, from the notebook's cells and the database's views, with what keeps each from giving a
 * row its own result.
 *
 * @throws Failure `invalid-input` when SQL does not lead from one to the other
 */
export async function readChain(
  session: Session,
  definitions: readonly RelationDefinition[],
  servingInput: string,
  from: string,
): Promise<Chain> {
  const known = new Map(definitions.map((definition) => [keyOf(definition.relation), definition]))
  const reaches = new Map<string, boolean>([[keyOf(servingInput), true]])
  const ordered: RelationDefinition[] = []

  const visit = async (relation: string): Promise<boolean> => {
    const key = keyOf(relation)
    const before = reaches.get(key)
    if (before !== undefined) return before
    reaches.set(key, false)
    const definition = known.get(key) ?? (await viewDefinition(session, relation))
    if (!definition) return false
    const { uses } = await analyseSql(session, definition.sql)
    let found = false
    for (const symbol of uses) {
      if (!symbol.startsWith('relation:')) continue
      if (await visit(symbol.slice('relation:'.length))) found = true
    }
    reaches.set(key, found)
    if (found) ordered.push(definition)
    return found
  }

  if (!(await visit(from))) {
    throw new Failure(
      'invalid-input',
      `servingInput "${servingInput}" does not lead to "${from}": no SQL cell or view between them reads it.`,
      `Name a relation that "${from}" is made from by SQL, or leave servingInput out.`,
      'servingInput',
    )
  }
  const qualified = [servingInput, ...ordered.map(({ relation }) => relation)].find((name) =>
    name.includes('.'),
  )
  if (qualified !== undefined) {
    throw new Failure(
      'invalid-input',
      `"${qualified}" is in a schema of its own; the SQL from the serving input on travels without schemas.`,
      `Make a SQL cell that selects from it, and read that.`,
      'servingInput',
    )
  }
  const functions = await functionKinds(session)
  const names = new Set(
    [servingInput, ...ordered.map(({ relation }) => relation)].map((name) => name.toLowerCase()),
  )
  const lookups = new Map<string, string>()
  const cells: ChainCell[] = []
  for (const definition of ordered) {
    const locality = checkRowLocality(definition.sql, await parse(session, definition), names, functions)
    for (const lookup of locality.lookups) lookups.set(keyOf(lookup), lookup)
    cells.push({ ...definition, findings: locality.findings })
  }
  return { servingInput, cells, lookups: [...lookups.values()] }
}
