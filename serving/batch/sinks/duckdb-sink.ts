/** HOT: scored rows into DuckDB (benchmark: bench/batch.ts): a Parquet file or a table. */
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { Failure } from '../../../shared/failure.ts'
import { type DuckDbSession, openDuckDb, sqlName, sqlRelation, sqlText } from '../duckdb-session.ts'
import { type Location, shownLocation } from '../locations.ts'
import { type PlainValue, plainValue } from '../plain-value.ts'
import type { ChunkColumn } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { syncFolder, writeFailure } from './partial-file.ts'
import type { Sink } from './sink.ts'

/** The input's rows, which DuckDB itself puts beside their predictions: they never leave it. */
export interface Joined {
  relation: string
  /** A statement to run before. */
  attach: string | null
}

interface Parts {
  session: DuckDbSession
  /** Table of the rows scored so far. */
  staging: string
  columns: readonly ChunkColumn[]
  added: readonly ChunkColumn[]
  joined: Joined | null
}

const vectorRows = 2_048
const scoredColumn = '__slipway_scored'

/** How a column is kept before it gets its own type. */
function stagedType({ kind, sql }: ChunkColumn['type']): string {
  const types = {
    boolean: 'BOOLEAN',
    double: 'DOUBLE',
    integer: sql === 'UBIGINT' ? 'UBIGINT' : 'BIGINT',
    text: 'VARCHAR',
  }
  return types[kind]
}

/** Rows scored so far, in a table with the state of the last commit as its comment. */
async function stage({ session, staging, columns, added, joined }: Parts) {
  const { BIGINT, BOOLEAN, DOUBLE, DuckDBDataChunk, UBIGINT, VARCHAR } = await import('@duckdb/node-api')
  const known: Record<string, DuckDBType> = { BIGINT, BOOLEAN, DOUBLE, UBIGINT, VARCHAR }
  const kept = joined === null ? [...columns, ...added] : added
  const types = [
    ...(joined === null ? [] : [BOOLEAN]),
    ...kept.map(({ type }) => known[stagedType(type)] ?? VARCHAR),
  ]
  const table = sqlName(staging)
  const own = (value: PlainValue, column: ChunkColumn): DuckDBValue =>
    column.type.kind === 'integer' && typeof value === 'number' ? BigInt(value) : value
  let working = false

  /** Values of every staged column for the chunk's rows that are staged. */
  const valuesOf = ({ chunk, kept: rows, labels, probabilities }: ScoredChunk): DuckDBValue[][] => {
    const classes = added.length - 1
    const count = joined === null ? rows.length : chunk.rows
    // Where the scored row stands among the staged ones.
    const place = (i: number) => (joined === null ? i : rows[i]!)
    const passed = joined === null ? columns : []
    const found = passed.map((column, c): DuckDBValue[] =>
      Array.from(rows, (row) =>
        own(plainValue(chunk.values[c]?.[row], column.type, chunk.textCells), column),
      ),
    )
    const scores = added.map((column, a): DuckDBValue[] => {
      const values: DuckDBValue[] = new Array(count).fill(null)
      for (let i = 0; i < rows.length; i++) {
        values[place(i)] = a === 0 ? own(labels[i]!, column) : probabilities[i * classes + a - 1]!
      }
      return values
    })
    if (joined === null) return [...found, ...scores]
    const marks: DuckDBValue[] = new Array(count).fill(false)
    for (const row of rows) marks[row] = true
    return [marks, ...scores]
  }

  return {
    async open(resume: boolean): Promise<string | null> {
      const [there] = await session.rows(
        `select comment from duckdb_tables() where table_name = ${sqlText(staging)} and not internal`,
      )
      if (resume && there !== undefined) return typeof there.comment === 'string' ? there.comment : null
      await session.run(`drop table if exists ${table}`)
      const names = kept.map((column, i) => `c${i} ${stagedType(column.type)}`)
      const all = joined === null ? names : [`${scoredColumn} BOOLEAN`, ...names]
      await session.run(`create table ${table} (${all.join(', ')})`)
      return null
    },
    async write(scored: ScoredChunk): Promise<void> {
      if (!working) await session.run('begin')
      working = true
      const values = valuesOf(scored)
      const rows = values[0]?.length ?? 0
      const appender = await session.connection.createAppender(staging)
      try {
        for (let from = 0; from < rows; from += vectorRows) {
          const to = Math.min(from + vectorRows, rows)
          const chunk = DuckDBDataChunk.create(types, to - from)
          for (const [c, column] of values.entries()) chunk.setColumnValues(c, column.slice(from, to))
          appender.appendDataChunk(chunk)
        }
      } finally {
        appender.closeSync()
      }
    },
    async commit(state: string): Promise<void> {
      if (!working) await session.run('begin')
      working = true
      await session.run(`comment on table ${table} is ${sqlText(state)}`)
      await session.run('commit')
      working = false
    },
    async settle(): Promise<void> {
      if (working) await session.run('commit')
      working = false
    },
    async rollback(): Promise<void> {
      if (working) await session.run('rollback').catch(() => {})
      working = false
    },
    /** The output's rows. */
    query(): string {
      const typed = (column: ChunkColumn, i: number) =>
        `s.c${i}${stagedType(column.type) === column.type.sql ? '' : `::${column.type.sql}`} as ${sqlName(column.name)}`
      const list = kept.map(typed).join(', ')
      if (joined === null) return `select ${list} from ${table} s`
      const inputs = columns.map(({ name }) => `i.${sqlName(name)}`)
      return `select ${[...inputs, list].join(', ')} from ${joined.relation} i positional join ${table} s where s.${scoredColumn}`
    },
  }
}

/** A Parquet file, put together in a database of its own beside it. */
export async function createParquetSink(
  path: string,
  columns: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
  joined: Joined | null,
): Promise<Sink> {
  const part = `${path}.part`
  const whole = `${path}.part.parquet`
  let session: DuckDbSession | null = null
  let staged: Awaited<ReturnType<typeof stage>> | null = null
  const held = () => {
    if (staged === null || session === null) throw new Error(`${part} is not open.`)
    return { staged, session }
  }
  const clear = async () => {
    for (const file of [part, `${part}.wal`, whole]) await rm(file, { force: true })
  }
  return {
    async open(resume) {
      try {
        if (!resume) await clear()
        session = await openDuckDb(part, path)
        staged = await stage({ session, staging: 'rows', columns, added, joined })
        return await staged.open(resume)
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
    write: (scored) => held().staged.write(scored),
    commit: (state) => held().staged.commit(state),
    async finish() {
      const parts = held()
      await parts.staged.settle()
      if (joined?.attach) await parts.session.run(joined.attach)
      await parts.session.run(`copy (${parts.staged.query()}) to ${sqlText(whole)} (format parquet)`)
      parts.session.close()
      session = null
      try {
        await rename(whole, path)
        await syncFolder(path)
      } catch (error) {
        throw writeFailure(path, error)
      }
      await clear()
    },
    async abandon(keep) {
      await staged?.rollback()
      session?.close()
      session = null
      if (!keep) await clear()
    },
  }
}

/** A table of a DuckDB database, made beside itself and named at the end. */
export async function createDuckDbSink(
  to: Extract<Location, { kind: 'duckdb' }>,
  columns: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
  append: boolean,
  joined: Joined | null,
): Promise<Sink> {
  const shown = shownLocation(to)
  const fresh = !existsSync(to.path)
  const session = await openDuckDb(to.path, shown)
  const names = to.relation.split('.')
  const table = sqlRelation(to.relation)
  const staging = `${names.at(-1)}__slipway_part`
  const staged = await stage({ session, staging, columns, added, joined })
  let open = true
  const exists = async (): Promise<boolean> => {
    const schema = names.length > 1 ? ` and schema_name = ${sqlText(names.at(-2) ?? '')}` : ''
    const [found] = await session.rows(
      `select count(*)::double as n from duckdb_tables() where table_name = ${sqlText(names.at(-1) ?? '')}${schema}`,
    )
    return found?.n !== 0
  }
  return {
    async open(resume) {
      if ((await exists()) && !append) {
        throw new Failure(
          'already-exists',
          `${shown} exists already.`,
          'Name another table, or add to this one with --append.',
        )
      }
      return await staged.open(resume)
    },
    write: (scored) => staged.write(scored),
    commit: (state) => staged.commit(state),
    async finish() {
      await staged.settle()
      if (joined?.attach) await session.run(joined.attach)
      await session.run('begin')
      const query = staged.query()
      await session.run(
        append && (await exists())
          ? `insert into ${table} by name ${query}`
          : `create table ${table} as ${query}`,
      )
      await session.run(`drop table ${sqlName(staging)}`)
      await session.run('commit')
      open = false
      session.close()
    },
    async abandon(keep) {
      if (!open) return
      await staged.rollback()
      if (!keep) await session.run(`drop table if exists ${sqlName(staging)}`).catch(() => {})
      session.close()
      if (!keep && fresh) for (const file of [to.path, `${to.path}.wal`]) await rm(file, { force: true })
    },
  }
}
