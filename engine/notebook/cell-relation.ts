import { Failure } from '../../shared/failure.ts'
import type { Output } from '../../shared/notebook/cell-state.ts'
import { literal, quoteRelation, type Session } from '../data/database.ts'
import { findRelation } from '../data/find-relation.ts'
import { cellSchema } from '../data/relations.ts'

/** Marks relations that a cell made and may therefore replace. */
const madeByCell = 'Result of a Slipway cell'

async function existing(session: Session, relation: string) {
  const found = await findRelation(session, relation)
  return found && { kind: found.kind, ours: found.comment === madeByCell }
}

/**
 * Puts the query's result behind a name, as a view or a table.
 *
 * @throws Failure `already-exists` when the name belongs to a relation that no cell made: imported data stays
 */
export async function defineRelation(
  session: Session,
  relation: string,
  as: 'view' | 'table',
  query: string,
): Promise<void> {
  const found = await existing(session, relation)
  const name = quoteRelation(relation)
  if (found && !found.ours) {
    throw new Failure(
      'already-exists',
      `A ${found.kind} ${relation} exists that no cell made; the cell would overwrite it.`,
      `Give the cell another name, or drop the ${found.kind} ${relation} first.`,
    )
  }
  if (found && found.kind !== as) await session.run(`drop ${found.kind} ${name}`)
  await session.run(`create or replace ${as} ${name} as ${query}`)
  await session.run(`comment on ${as} ${name} is ${literal(madeByCell)}`)
}

/** Drops a relation that a cell made; leaves anything else. */
export async function dropCellRelation(session: Session, relation: string): Promise<void> {
  const found = await existing(session, relation)
  if (found?.ours) await session.run(`drop ${found.kind} ${quoteRelation(relation)}`)
}

export async function relationExists(session: Session, relation: string): Promise<boolean> {
  return (await existing(session, relation)) !== null
}

export async function prepareCellSchema(session: Session): Promise<void> {
  await session.run(`create schema if not exists ${cellSchema}`)
}

/** Columns of a query or relation without running it. */
export async function columnsOf(session: Session, query: string): Promise<{ name: string; type: string }[]> {
  const rows = await session.rows(`describe ${query}`)
  return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
}

export async function relationOutput(session: Session, relation: string): Promise<Output> {
  const name = quoteRelation(relation)
  const columns = await columnsOf(session, `from ${name}`)
  const [count] = await session.rows(`select count(*) as n from ${name}`)
  return { type: 'relation', relation, rows: Number(count?.n), columns }
}
