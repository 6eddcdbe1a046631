import type { Relation } from '../../shared/contract/data.ts'
import { Failure } from '../../shared/failure.ts'
import { type Database, quote, quoteRelation, type RowValue, type Session } from './database.ts'

/** Schema of views over the results of unnamed cells; shown under their cells and nowhere else. */
export const cellSchema = '_cells'

const listSql = `
  from (
    select 'table' as kind, schema_name as "schema", table_name as name, estimated_size as rows
    from duckdb_tables() where database_name = current_database() and not internal and not temporary
    union all
    select 'view', schema_name, view_name, null
    from duckdb_views() where database_name = current_database() and not internal and not temporary
  ) order by "schema" <> 'main', "schema", name`

const columnsSql = `
  select schema_name as "schema", table_name as relation, column_name as name, data_type as type
  from duckdb_columns() where database_name = current_database() and not internal
  order by schema_name, table_name, column_index`

/** Runs `work` on a session of its own, which ends with it. */
export async function withSession<T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await database.session()
  try {
    return await work(session)
  } finally {
    session.close()
  }
}

function text(value: RowValue | undefined): string {
  return typeof value === 'string' ? value : String(value ?? '')
}

/** `rows` is null and `problem` says why when counting fails or takes longer than `limitMs`. */
export async function countRows(
  database: Database,
  relation: string,
  limitMs: number,
): Promise<{ rows: number | null; problem: string }> {
  return withSession(database, async (session) => {
    const timer = setTimeout(() => session.interrupt(), limitMs)
    try {
      const [row] = await session.rows(`select count(*) as n from ${quoteRelation(relation)}`)
      return { rows: Number(row?.n), problem: '' }
    } catch (error) {
      if (error instanceof Failure && error.code === 'cancelled') {
        return { rows: null, problem: `Counting its rows takes longer than ${limitMs / 1000} s.` }
      }
      return { rows: null, problem: error instanceof Error ? error.message : String(error) }
    } finally {
      clearTimeout(timer)
    }
  })
}

async function describeView(
  database: Database,
  name: string,
): Promise<{ columns: Relation['columns']; problem: string }> {
  try {
    return await withSession(database, async (session) => {
      const rows = await session.rows(`describe ${quoteRelation(name)}`)
      const columns = rows.map((row) => ({ name: text(row.column_name), type: text(row.column_type) }))
      return { columns, problem: '' }
    })
  } catch (error) {
    return { columns: [], problem: error instanceof Error ? error.message : String(error) }
  }
}

function hidden(schema: string, name: string): boolean {
  return schema.startsWith('_') || (schema === 'monitoring' && name.startsWith('_'))
}

/** Tables and views of the workspace database: `main` first, then by schema and name. */
export async function listRelations(database: Database, countLimitMs: number): Promise<Relation[]> {
  const [found, columnRows] = await withSession(database, async (session) => [
    await session.rows(listSql),
    await session.rows(columnsSql),
  ])
  const columns = new Map<string, { name: string; type: string }[]>()
  for (const row of columnRows) {
    const key = `${quote(text(row.schema))}.${quote(text(row.relation))}`
    const list = columns.get(key) ?? []
    list.push({ name: text(row.name), type: text(row.type) })
    columns.set(key, list)
  }
  const shown = found.filter((row) => !hidden(text(row.schema), text(row.name)))
  return Promise.all(
    shown.map(async (row): Promise<Relation> => {
      const [schema, plainName] = [text(row.schema), text(row.name)]
      const name = schema === 'main' ? plainName : `${schema}.${plainName}`
      const known = columns.get(`${quote(schema)}.${quote(plainName)}`) ?? []
      if (row.kind === 'table') {
        const { rows, problem } = await countRows(database, name, countLimitMs)
        return { name, kind: 'table', rows: rows ?? Number(row.rows), problem, columns: known }
      }
      // The catalog keeps a view's columns of the time it was made; describing it finds out what it gives now.
      const described = await describeView(database, name)
      if (described.problem !== '') {
        return { name, kind: 'view', rows: null, problem: described.problem, columns: known }
      }
      const { rows, problem } = await countRows(database, name, countLimitMs)
      return { name, kind: 'view', rows, problem, columns: described.columns }
    }),
  )
}

/**
 * One relation by its name.
 *
 * @throws Failure `not-found` listing what there is
 */
export async function describeRelation(
  database: Database,
  relation: string,
): Promise<{ columns: { name: string; type: string }[] }> {
  const { columns, problem } = await describeView(database, relation)
  if (problem === '') return { columns }
  if (!/does not exist/i.test(problem)) {
    throw new Failure(
      'invalid-input',
      `The relation ${relation} cannot be read: ${problem}`,
      'Run the cell that defines it again.',
    )
  }
  const there = await withSession(database, (session) => session.rows(listSql))
  const names = there.filter((row) => !hidden(text(row.schema), text(row.name))).map((row) => text(row.name))
  throw new Failure(
    'not-found',
    `There is no relation ${relation}${names.length > 0 ? `; there are ${names.slice(0, 10).join(', ')}` : ''}. ${problem.split('\n')[0]}`,
    'Import a data file or run the cell that defines it.',
  )
}
