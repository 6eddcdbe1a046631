/** HOT: rows of PostgreSQL by COPY, through the reader of CSV files. */
import type { FieldDef } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { checkColumns } from '../check-columns.ts'
import { sqlName, sqlRelation } from '../duckdb-session.ts'
import { isQuery, shownLocation } from '../locations.ts'
import { openPostgres, type PostgresLocation, postgresFailure } from '../postgres-session.ts'
import type { ChunkColumn, ColumnType, Source } from '../row-chunk.ts'
import { streamFeed } from './byte-feed.ts'
import { csvChunks } from './csv-source.ts'

const positionSchema = z.strictObject({ byte: z.number().int(), row: z.number().int() })

/** By PostgreSQL's own numbers of its types. */
const types: Record<number, ColumnType> = {
  16: { kind: 'boolean', sql: 'BOOLEAN' },
  20: { kind: 'integer', sql: 'BIGINT' },
  21: { kind: 'integer', sql: 'SMALLINT' },
  23: { kind: 'integer', sql: 'INTEGER' },
  700: { kind: 'double', sql: 'FLOAT' },
  701: { kind: 'double', sql: 'DOUBLE' },
  114: { kind: 'text', sql: 'JSON' },
  3802: { kind: 'text', sql: 'JSON' },
  1082: { kind: 'text', sql: 'DATE' },
  1083: { kind: 'text', sql: 'TIME' },
  1114: { kind: 'text', sql: 'TIMESTAMP' },
  1184: { kind: 'text', sql: 'TIMESTAMP WITH TIME ZONE' },
  2950: { kind: 'text', sql: 'UUID' },
}
const numeric = 1700

function typeOf({ dataTypeID, dataTypeModifier }: FieldDef): ColumnType {
  if (dataTypeID !== numeric) return types[dataTypeID] ?? { kind: 'text', sql: 'VARCHAR' }
  // Precision and scale are packed into the modifier, behind a header of 4 bytes; −1 where there are none.
  const precision = (dataTypeModifier - 4) >> 16
  const scale = (dataTypeModifier - 4) & 0x7ff
  if (dataTypeModifier < 4 || precision > 38 || scale > precision) return { kind: 'double', sql: 'DOUBLE' }
  return { kind: 'text', sql: `DECIMAL(${precision},${scale})` }
}

/** A table of PostgreSQL in the order of its primary key, or a query in its own. */
export async function createPostgresSource(from: PostgresLocation, signature: Signature): Promise<Source> {
  const shown = shownLocation(from)
  const session = await openPostgres(from)
  const query = isQuery(from.relation)
  const relation = query ? `(${from.relation}\n) q` : sqlRelation(from.relation)
  let known: ChunkColumn[] | null = null
  const order = async (): Promise<string> => {
    if (query) return ''
    const keys = await session.rows(
      `select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
       where i.indrelid = $1::regclass and i.indisprimary order by array_position(i.indkey, a.attnum)`,
      [relation],
    )
    return keys.length === 0
      ? ''
      : ` order by ${keys.map(({ attname }) => sqlName(String(attname))).join(', ')}`
  }
  const columns = async (): Promise<ChunkColumn[]> => {
    if (known !== null) return known
    try {
      const { fields } = await session.client.query(`select * from ${relation} limit 0`)
      known = fields.map((field) => ({ name: field.name, type: typeOf(field) }))
    } catch (error) {
      throw postgresFailure(error, shown)
    }
    checkColumns(
      known.map(({ name }) => name),
      signature,
    )
    return known
  }
  return {
    columns,
    async *chunks(position) {
      const fixed = await columns()
      const start = position === null ? { byte: 0, row: 1 } : positionSchema.parse(position)
      const ordered = await order()
      const keeps = ordered !== '' || (query && /\border\s+by\b/i.test(from.relation))
      if (start.row > 1 && !keeps) {
        throw new Failure(
          'invalid-input',
          `${shown} has no order that stays: rows already scored cannot be told from the others.`,
          'Give the table a primary key, or name a query with ORDER BY; or score without --resume.',
        )
      }
      const offset = start.row > 1 ? ` offset ${start.row - 1}` : ''
      const rows = query
        ? `select * from ${relation}${offset}`
        : `select * from ${relation}${ordered}${offset}`
      try {
        const stream = session.client.query(copyTo(`copy (${rows}) to stdout with (format csv, null '\\N')`))
        yield* csvChunks({
          feed: streamFeed(stream, async () => {}),
          path: shown,
          columns: fixed,
          wanted: fixed.map(() => true),
          nullText: '\\N',
          firstRow: start.row,
          firstByte: 0,
        })
      } catch (error) {
        throw postgresFailure(error, shown)
      }
    },
    close: () => session.close(),
  }
}
