import type { SourceTable } from '../../shared/catalog/sources.ts'
import { quote, quoteRelation, type Session } from './database.ts'
import { findRelation } from './find-relation.ts'

/** Tables of more rows are fingerprinted by a sample, so that looking takes the same time however large they are. */
export const wholeRows = 1_000_000

const sampleRanges = 16
const sampleRows = 16_384

/** Of a table of so many rows the first row of each range of the sample, the first and the last rows among them. */
function rangesOf(rows: number): { size: number; starts: number[] } {
  const size = Math.min(sampleRows, Math.ceil(rows / sampleRanges))
  const step = (rows - size) / (sampleRanges - 1)
  return { size, starts: Array.from({ length: sampleRanges }, (_, range) => Math.floor(range * step)) }
}

/**
 * The rows of a relation as one text: their count, with the sum and the exclusive or of DuckDB's row hashes, which do
 * not depend on the rows' order. DuckDB does it on its own threads.
 *
 * A table of more than `limit` rows is read in part: rows added or removed are always noticed, a value changed in
 * place only where it lies in the sample; a fingerprint of that kind begins with `sample`. Views have no row numbers
 * and are read whole.
 *
 * @returns null where there is no such relation
 * @throws the database's error where it is there and cannot be read
 */
export async function relationFingerprint(
  session: Session,
  relation: string,
  limit = wholeRows,
): Promise<SourceTable | null> {
  try {
    const quoted = quoteRelation(relation)
    const columns = await session.rows(`select column_name, column_type from (describe ${quoted})`)
    const names = columns.map(({ column_name: name }) => quote(String(name))).join(', ')
    const [kind] = await session.rows(
      `select 1 as one from duckdb_tables() where $1 in (table_name, schema_name || '.' || table_name)`,
      [relation],
    )
    const [counted] = await session.rows(`select count(*)::double as n from ${quoted}`)
    const rows = Number(counted?.n)
    const sampled = kind !== undefined && rows > limit
    let [mixed, total] = [0n, 0n]
    const add = async (where: string) => {
      const [found] = await session.rows(
        `select bit_xor(h)::varchar as mixed, sum(h)::varchar as total
         from (select hash(${names}) as h from ${quoted} ${where})`,
      )
      mixed ^= BigInt(String(found?.mixed ?? 0))
      total += BigInt(String(found?.total ?? 0))
    }
    if (sampled) {
      const { size, starts } = rangesOf(rows)
      // A query each: one with all ranges takes as long as reading the table whole.
      for (const from of starts) await add(`where rowid >= ${from} and rowid < ${from + size}`)
    } else await add('')
    const described = columns.map((column) => `${column.column_name} ${column.column_type}`).join(', ')
    const fingerprint = `${sampled ? 'sample; ' : ''}${described}; ${mixed}; ${total}`
    return { relation, rows, fingerprint }
  } catch (error) {
    // A view whose file or table is gone is there, but cannot be read.
    if (await findRelation(session, relation)) throw error
    return null
  }
}
