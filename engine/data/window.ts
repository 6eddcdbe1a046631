import { Failure } from '../../shared/failure.ts'
import { quote, quoteRelation, type Session } from './database.ts'
import { jsonCell } from './json-cell.ts'

export interface WindowRequest {
  relation: string
  offset: number
  limit: number
  sort?: { column: string; descending: boolean }[] | undefined
}

export interface RowWindow {
  columns: { name: string; type: string }[]
  rows: unknown[][]
}

/** Reads one window of rows; DuckDB skips the others, so memory stays bounded whatever the relation's size. */
export async function readWindow(
  session: Session,
  request: WindowRequest,
  columns: readonly { name: string; type: string }[],
): Promise<RowWindow> {
  const { relation, offset, limit, sort = [] } = request
  for (const { column } of sort) {
    if (!columns.some(({ name }) => name === column)) {
      throw new Failure(
        'not-found',
        `${relation} has no column ${column}; it has ${columns.map(({ name }) => name).join(', ')}.`,
        'Sort by one of its columns.',
      )
    }
  }
  const order = sort.map(
    ({ column, descending }) => `${quote(column)} ${descending ? 'desc' : 'asc'} nulls last`,
  )
  const orderSql = order.length > 0 ? ` order by ${order.join(', ')}` : ''
  const sql = `select * from ${quoteRelation(relation)}${orderSql} limit ${limit} offset ${offset}`
  const rows: unknown[][] = []
  for await (const chunk of session.stream(sql)) {
    for (const row of chunk.getRows()) rows.push(row.map(jsonCell))
  }
  return { columns: columns.map(({ name, type }) => ({ name, type })), rows }
}
