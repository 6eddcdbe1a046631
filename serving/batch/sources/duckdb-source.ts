/** HOT: Parquet files and DuckDB tables into columns (benchmark: bench/batch.ts). */

import { existsSync } from 'node:fs'
import type { DuckDBVector } from '@duckdb/node-api'
import { z } from 'zod'
import type { Signature } from '../../../shared/signature/signature.ts'
import { checkHeader } from '../../rows/request-rows.ts'
import {
  type DuckDbSession,
  duckDbFailure,
  openDuckDb,
  sqlName,
  sqlRelation,
  sqlText,
} from '../duckdb-session.ts'
import { isQuery, type Location, shownLocation } from '../locations.ts'
import { type ChunkColumn, type ColumnType, chunkRows, type Source } from '../row-chunk.ts'
import { unreadable } from './byte-feed.ts'
import { categoryReader, numberReader, type VectorReader, valueReader } from './vector-values.ts'

type DuckDbLocation = Extract<Location, { kind: 'parquet' | 'duckdb' }>

const positionSchema = z.strictObject({ row: z.number().int() })

const smallIntegers = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT', 'UINTEGER'])

/** What the values of a DuckDB type are in batch scoring; everything without a kind of its own is its text. */
function columnType(sql: string): ColumnType {
  if (sql === 'BOOLEAN') return { kind: 'boolean', sql }
  if (sql === 'DOUBLE' || sql === 'FLOAT') return { kind: 'double', sql }
  if (smallIntegers.has(sql) || sql === 'BIGINT' || sql === 'UBIGINT') return { kind: 'integer', sql }
  if (sql.startsWith('ENUM(')) return { kind: 'text', sql: 'VARCHAR' }
  if (/^(STRUCT|MAP|UNION)\(|\[\d*\]$/.test(sql)) return { kind: 'text', sql: 'JSON' }
  return { kind: 'text', sql }
}

interface Reading {
  sql: string[]
  reader: VectorReader
}

/** Categories that DuckDB counts by itself; more would make the query long. */
const mostCategories = 1_000

function readingOf({ name, type }: ChunkColumn, signature: Signature): Reading {
  const column = sqlName(name)
  if (type.kind === 'double' || smallIntegers.has(type.sql)) return { sql: [column], reader: numberReader() }
  if (type.kind !== 'text') return { sql: [column], reader: valueReader() }
  if (type.sql === 'JSON') return { sql: [`to_json(${column})::varchar`], reader: valueReader() }
  const text = type.sql === 'VARCHAR' ? column : `${column}::varchar`
  const categories = signature.inputs.find(
    (input) => input.name === name && input.type === 'categorical',
  )?.values
  if (
    type.sql !== 'VARCHAR' ||
    !categories ||
    categories.length === 0 ||
    categories.length > mostCategories
  ) {
    return { sql: [text], reader: valueReader() }
  }
  const known = `try_cast(${text} as enum(${categories.map(sqlText).join(', ')}))`
  return {
    sql: [known, `case when ${known} is null then ${text}::varchar end`],
    reader: categoryReader(categories),
  }
}

/** A source whose rows DuckDB can also put beside their predictions by itself. */
export interface DuckDbSource extends Source {
  /** The rows as SQL for a session that may have to attach the database file first. */
  readonly joined: { relation: string; attach: string | null }
  /** Only the model's columns become values; the others stay in the database. */
  onlyInputs(): void
}

export interface DuckDbSourceOptions {
  /** Whether the output is the same database file. */
  shared: boolean
}

async function describe(session: DuckDbSession, relation: string): Promise<ChunkColumn[]> {
  const columns = await session.rows(`describe select * from ${relation}`)
  return columns.map((column) => ({
    name: String(column.column_name),
    type: columnType(String(column.column_type)),
  }))
}

/** A Parquet file, or a table or query of a DuckDB database, in its own order. */
export async function createDuckDbSource(
  from: DuckDbLocation,
  signature: Signature,
  { shared }: DuckDbSourceOptions,
): Promise<DuckDbSource> {
  const shown = shownLocation(from)
  if (!existsSync(from.path)) throw unreadable(from.path, Object.assign(new Error(), { code: 'ENOENT' }))
  const session =
    from.kind === 'parquet'
      ? await openDuckDb(':memory:', shown)
      : await openDuckDb(from.path, shown, !shared)
  const relation =
    from.kind === 'parquet'
      ? `read_parquet(${sqlText(from.path)})`
      : isQuery(from.relation)
        ? `(${from.relation})`
        : sqlRelation(from.relation)
  let wantsAll = true
  let known: ChunkColumn[] | null = null
  const columns = async () => {
    if (known === null) {
      known = await describe(session, relation)
      checkHeader(
        known.map(({ name }) => name),
        signature,
      )
    }
    return known
  }
  return {
    joined: joinedRelation(from, shared),
    columns,
    onlyInputs() {
      wantsAll = false
    },
    async *chunks(position) {
      const fixed = await columns()
      const start = position === null ? { row: 0 } : positionSchema.parse(position)
      const [count] = await session.rows(`select count(*)::double as n from ${relation}`)
      const total = Number(count?.n ?? 0)
      const inputs = new Set(signature.inputs.map(({ name }) => name))
      const readings = fixed.map((column) =>
        wantsAll || inputs.has(column.name) ? readingOf(column, signature) : null,
      )
      const list = readings.flatMap((reading) => reading?.sql ?? [])
      const sql = `select ${list.length > 0 ? list.join(', ') : '1'} from ${relation}${start.row > 0 ? ` offset ${start.row}` : ''}`
      let done = start.row
      try {
        const result = await session.connection.stream(sql)
        let next = await result.fetchChunk()
        let taken = 0
        while (next && next.rowCount > 0) {
          for (const reading of readings) reading?.reader.begin(chunkRows)
          let rows = 0
          // Chunks are of one size whatever DuckDB gives, so that a resumed run cuts them as an unbroken one.
          while (next && next.rowCount > 0 && rows < chunkRows) {
            const held = next
            const part = Math.min(chunkRows - rows, held.rowCount - taken)
            let vector = 0
            for (const reading of readings) {
              if (reading === null) continue
              const vectors: DuckDBVector[] = reading.sql.map(() => held.getColumnVector(vector++))
              reading.reader.add(vectors, taken, rows, part)
            }
            rows += part
            taken += part
            if (taken < held.rowCount) break
            next = await result.fetchChunk()
            taken = 0
          }
          const first = done + 1
          done += rows
          yield {
            rows,
            columns: fixed,
            values: readings.map((reading) => reading?.reader.take(rows)),
            textCells: false,
            records: null,
            numbers: Float64Array.from({ length: rows }, (_, i) => first + i),
            lines: null,
            arrow: null,
            unread: [],
            position: { row: done },
            fraction: total === 0 ? null : done / total,
          }
        }
      } catch (error) {
        throw duckDbFailure(error, shown)
      }
    },
    async rowsAt(first, count) {
      const sql = `select to_json(t)::varchar as j from (select * from ${relation} limit ${count} offset ${first}) t`
      return (await session.rows(sql)).map(({ j }) => JSON.parse(String(j)))
    },
    async close() {
      session.close()
    },
  }
}

const attachedName = 'slipway_input'

/** A Parquet file or a table as another session names it. */
function joinedRelation(from: DuckDbLocation, shared: boolean): { relation: string; attach: string | null } {
  if (from.kind === 'parquet') return { relation: `read_parquet(${sqlText(from.path)})`, attach: null }
  if (shared) return { relation: sqlRelation(from.relation), attach: null }
  return {
    relation: `${attachedName}.${sqlRelation(from.relation)}`,
    attach: `attach ${sqlText(from.path)} as ${attachedName} (read_only)`,
  }
}

/** Whether rows have an order that stays, so that predictions can be put beside them: a Parquet file's or a table's. */
export async function keepsOrder(from: DuckDbLocation, shared: boolean): Promise<boolean> {
  if (from.kind === 'parquet') return true
  if (isQuery(from.relation) || !existsSync(from.path)) return false
  const session = await openDuckDb(from.path, shownLocation(from), !shared)
  try {
    const name = from.relation.split('.').at(-1) ?? ''
    const [found] = await session.rows(
      `select count(*)::double as n from duckdb_tables() where table_name = ${sqlText(name)}`,
    )
    return found?.n === 1
  } finally {
    session.close()
  }
}
