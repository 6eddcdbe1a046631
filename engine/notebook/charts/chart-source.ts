import { Failure } from '../../../shared/failure.ts'
import { quoteRelation, type Session } from '../../data/database.ts'
import { jsonCell } from '../../data/json-cell.ts'
import { columnsOf } from '../cell-relation.ts'

/** Points above which a chart is drawn from a sample. */
export const pointLimit = 20_000

export interface ChartSource {
  /** Quoted. */
  relation: string
  rows: number
  columns: ReadonlyMap<string, string>
}

/** @throws Failure `not-found` naming the column and those that there are */
export async function chartSource(
  session: Session,
  from: string,
  used: readonly string[],
): Promise<ChartSource> {
  const relation = quoteRelation(from)
  const columns = new Map(
    (await columnsOf(session, `from ${relation}`)).map(({ name, type }) => [name, type]),
  )
  for (const name of used) {
    if (columns.has(name)) continue
    throw new Failure(
      'not-found',
      `The relation ${from} has no column ${name}; it has ${[...columns.keys()].join(', ')}.`,
      'Choose one of its columns.',
    )
  }
  const [count] = await session.rows(`select count(*) as n from ${relation}`)
  return { relation, rows: Number(count?.n), columns }
}

/** The columns of a query's result as plain arrays; the query bounds its size. */
export async function readColumns(session: Session, sql: string): Promise<unknown[][]> {
  const columns: unknown[][] = []
  for await (const chunk of session.stream(sql)) {
    for (const [index, values] of chunk.getColumns().entries()) {
      const column = columns[index] ?? []
      columns[index] = column
      for (const value of values) column.push(jsonCell(value))
    }
  }
  return columns
}

/** A seeded sample, so that the same chart looks the same twice; empty when everything fits. */
export function sampleClause(rows: number): string {
  return rows > pointLimit ? ` using sample reservoir(${pointLimit} rows) repeatable (7)` : ''
}

export function sampleNote(rows: number): string {
  if (rows <= pointLimit) return ''
  return `${pointLimit.toLocaleString('en')} of ${rows.toLocaleString('en')} rows, sampled`
}
