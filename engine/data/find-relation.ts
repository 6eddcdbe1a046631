import type { Session } from './database.ts'

export interface FoundRelation {
  kind: 'table' | 'view'
  /** What `comment on` said of it. */
  comment: string | null
}

/** A table or view of the database by `name` or `schema.name`, in any case; null where there is none. */
export async function findRelation(session: Session, relation: string): Promise<FoundRelation | null> {
  const dot = relation.indexOf('.')
  const [schema, name] = dot < 0 ? ['main', relation] : [relation.slice(0, dot), relation.slice(dot + 1)]
  const [row] = await session.rows(
    `select 'table' as kind, comment from duckdb_tables()
       where database_name = current_database() and lower(schema_name) = lower($1) and lower(table_name) = lower($2)
     union all
     select 'view', comment from duckdb_views()
       where database_name = current_database() and lower(schema_name) = lower($1) and lower(view_name) = lower($2)`,
    [schema, name],
  )
  if (!row) return null
  const { comment } = row
  return {
    kind: row.kind === 'view' ? 'view' : 'table',
    comment: typeof comment === 'string' ? comment : null,
  }
}
