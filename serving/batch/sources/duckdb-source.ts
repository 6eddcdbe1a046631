/** HOT: Parquet files and DuckDB tables into columns (benchmark: bench/batch.ts). */

import { existsSync } from 'node:fs'
import type { DuckDBResult } from '@duckdb/node-api'
import { z } from 'zod'
import type { Pipeline } from '../../../shared/features/pipeline.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { failWhereItFails, whyItFailed } from '../../../shared/streaming-result.ts'
import { checkColumns } from '../check-columns.ts'
import {
  type DuckDbSession,
  duckDbFailure,
  openDuckDb,
  sqlName,
  sqlRelation,
  sqlText,
} from '../duckdb-session.ts'
import { isQuery, type Location, shownLocation } from '../locations.ts'
import { type ChunkColumn, type ColumnType, chunkRows, rowNumbers, type Source } from '../row-chunk.ts'
import { unreadable } from './byte-feed.ts'
import { type Reading, typedReadings } from './input-readings.ts'
import { categoryReader, numberReader, valueReader } from './vector-values.ts'

export type DuckDbLocation = Extract<Location, { kind: 'parquet' | 'duckdb' }>

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
  const place = `coalesce(list_position([${categories.map(sqlText).join(', ')}], ${text}), 0)`
  return {
    sql: [place, `case when ${place} = 0 then ${text} end`],
    reader: categoryReader(categories),
  }
}

/** A source whose rows DuckDB can also put beside their predictions by itself. */
export interface DuckDbSource extends Source {
  /** The rows as SQL for a session that may have to attach the database file first. */
  readonly joined: { relation: string; attach: string | null }
  /**
   * Only the model's columns become values; the others stay in the database. With a pipeline they become what it takes:
   * numbers and places among its categories.
   *
   * @param except columns that somebody else reads
   */
  onlyInputs(pipeline: Pipeline | null, except?: ReadonlySet<string>): void
  /** Lengths of runs of rows that no chunk reaches across, in the order of the rows. */
  cutAt(runs: readonly number[]): void
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
  let readElsewhere: ReadonlySet<string> = new Set()
  let typedFor: Pipeline | null = null
  let runs: readonly number[] = []
  let known: ChunkColumn[] | null = null
  const columns = async () => {
    if (known === null) {
      known = await describe(session, relation)
      checkColumns(
        known.map(({ name }) => name),
        signature,
      )
    }
    return known
  }
  return {
    joined: joinedRelation(from, shared),
    columns,
    onlyInputs(pipeline, except = new Set()) {
      wantsAll = false
      readElsewhere = except
      typedFor = pipeline
    },
    cutAt(lengths) {
      runs = lengths
    },
    async *chunks(position) {
      const fixed = await columns()
      const start = position === null ? { row: 0 } : positionSchema.parse(position)
      const [count] = await session.rows(`select count(*)::double as n from ${relation}`)
      const total = Number(count?.n ?? 0)
      const inputs = new Set(signature.inputs.map(({ name }) => name))
      const typed = typedFor === null ? null : typedReadings(fixed, typedFor)
      const readings = fixed.map((column) =>
        (wantsAll || inputs.has(column.name)) && !readElsewhere.has(column.name)
          ? (typed?.get(column.name) ?? readingOf(column, signature))
          : null,
      )
      const list = readings.flatMap((reading) => reading?.sql ?? [])
      const sql = `select ${list.length > 0 ? list.join(', ') : '1'} from ${relation}${start.row > 0 ? ` offset ${start.row}` : ''}`
      let done = start.row
      let upcoming: ReturnType<DuckDBResult['fetchChunk']> = Promise.resolve(null)
      let cut = 0
      let cuts = 0
      const toNextCut = (row: number): number => {
        while (cut <= row && cuts < runs.length) cut += runs[cuts++]!
        return cut > row ? cut - row : chunkRows
      }
      try {
        const result = failWhereItFails(await session.connection.stream(sql), () =>
          whyItFailed(sql, (statement) => session.run(statement)),
        )
        // One is fetched while the one before is made use of.
        const fetch = () => {
          upcoming = result.fetchChunk()
          upcoming.catch(() => {})
        }
        const fetched = async () => {
          const chunk = await upcoming
          if (chunk && chunk.rowCount > 0) fetch()
          return chunk
        }
        fetch()
        let next = await fetched()
        let taken = 0
        while (next && next.rowCount > 0) {
          const most = Math.min(chunkRows, toNextCut(done))
          for (const reading of readings) reading?.reader.begin(most)
          let rows = 0
          // Chunks are of one size whatever DuckDB gives, so that a resumed run cuts them as an unbroken one.
          while (next && next.rowCount > 0 && rows < most) {
            const held = next
            const part = Math.min(most - rows, held.rowCount - taken)
            let first = 0
            for (const reading of readings) {
              if (reading === null) continue
              const offset = first
              reading.reader.add((index) => held.getColumnVector(offset + index), taken, rows, part)
              first += reading.sql.length
            }
            rows += part
            taken += part
            if (taken < held.rowCount) break
            next = await fetched()
            taken = 0
          }
          const first = done + 1
          done += rows
          const taking = readings.map((reading) => reading?.reader.take(rows))
          const coded = taking.flatMap((one, c) => (one?.coded ? [[fixed[c]!.name, one.coded] as const] : []))
          yield {
            rows,
            columns: fixed,
            values: taking.map((one) => one?.values),
            coded: Object.fromEntries(coded),
            textCells: false,
            records: null,
            numbers: rowNumbers(first, rows),
            lines: null,
            arrow: null,
            unread: [],
            position: { row: done },
            fraction: total === 0 ? null : done / total,
          }
        }
      } catch (error) {
        throw duckDbFailure(error, shown)
      } finally {
        await upcoming.catch(() => {})
      }
    },
    async rowsAt(first, count) {
      const sql = `select to_json(t)::varchar as j from (select * from ${relation} limit ${count} offset ${first}) t`
      // A second query on the connection would end the one that is being read.
      return (await session.aside(sql)).map(({ j }) => JSON.parse(jsonOf(String(j))))
    },
    async close() {
      session.close()
    },
  }
}

/** DuckDB writes numbers into JSON that it does not have; they become texts. Texts with such words in them stay. */
function jsonOf(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|-?Infinity|-?inf|NaN|nan/g, (part) =>
    part.startsWith('"') ? part : `"${part}"`,
  )
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
