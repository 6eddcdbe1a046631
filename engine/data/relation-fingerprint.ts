import type { SourceTable } from '../../shared/catalog/sources.ts'
import { quote, quoteRelation, type Session } from './database.ts'

/**
 * The rows of a relation as one text, whatever their order: their count, with the sum and the exclusive or of
 * DuckDB's row hashes. DuckDB does it on all cores, reading each column once.
 *
 * @returns null where there is no such relation, or it cannot be read any more
 */
export async function relationFingerprint(session: Session, relation: string): Promise<SourceTable | null> {
  try {
    const quoted = quoteRelation(relation)
    const columns = await session.rows(`select column_name, column_type from (describe ${quoted})`)
    const names = columns.map(({ column_name: name }) => quote(String(name)))
    const [found] = await session.rows(
      `select count(*)::double as n, bit_xor(h)::varchar as mixed, sum(h)::varchar as total
       from (select hash(${names.join(', ')}) as h from ${quoted})`,
    )
    const described = columns.map((column) => `${column.column_name} ${column.column_type}`).join(', ')
    const rows = Number(found?.n)
    return { relation, rows, fingerprint: `${described}; ${found?.mixed ?? ''}; ${found?.total ?? ''}` }
  } catch {
    return null
  }
}
