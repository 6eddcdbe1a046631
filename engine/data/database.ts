import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBResult,
  type DuckDBValue,
  type JS,
} from '@duckdb/node-api'
import { Failure } from '../../shared/failure.ts'
import { sqlLiteral } from '../../shared/sql-literal.ts'
import { failWhereItFails, whyItFailed } from '../../shared/streaming-result.ts'

export type SqlValue = DuckDBValue
/** A value as `Session.rows` gives it: numbers, strings, booleans, bigints, dates, nested arrays and objects. */
export type RowValue = JS

/**
 * One DuckDB connection. Queries of one session run one after another; sessions run beside each other.
 * Every method rejects with a `Failure` that carries DuckDB's own message, `cancelled` after `interrupt()`.
 */
export interface Session {
  readonly connection: DuckDBConnection
  /** Runs one or more statements and drops their results. */
  run(sql: string, values?: readonly SqlValue[]): Promise<void>
  /** A small result as objects. Never for whole relations: use `stream`. */
  rows(sql: string, values?: readonly SqlValue[]): Promise<Record<string, RowValue>[]>
  /**
   * A result of any size, chunk by chunk (2,048 rows at most), in bounded memory; the next chunk is fetched while one
   * is worked on.
   *
   * @param ahead megabytes that DuckDB may compute before they are asked for. The first chunk comes when so much is
   *   there; more of them lets all threads compute while chunks are read, which pays where every row is read.
   */
  stream(sql: string, ahead?: number): AsyncIterable<DuckDBDataChunk>
  /** A result of any size with its column names and types, read step by step; one at a time in a session. */
  result(sql: string, values?: readonly SqlValue[]): Promise<DuckDBResult>
  /** Stops the running query; what it had not committed is rolled back. */
  interrupt(): void
  close(): void
}

/** The workspace's DuckDB database. One instance a process: a second one would lose writes. */
export interface Database {
  readonly path: string
  session(): Promise<Session>
  bytes(): Promise<number>
  close(): void
}

/** Quotes an identifier: `quote('a"b')` is `"a""b"`. */
export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

/** Quotes a relation name as the contract writes it: `name` or `schema.name`. */
export function quoteRelation(name: string): string {
  const dot = name.indexOf('.')
  return dot < 0 ? quote(name) : `${quote(name.slice(0, dot))}.${quote(name.slice(dot + 1))}`
}

export const literal = sqlLiteral

/** What DuckDB threw, as a failure; `cancelled` after an interrupt. */
export function databaseFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const message = error instanceof Error ? error.message : String(error)
  if (message.includes('INTERRUPT') || message.includes('Interrupted')) {
    return new Failure('cancelled', 'The query was stopped.', 'Run it again when you need it.')
  }
  if (/No space left|disk full|could not write/i.test(message)) {
    return new Failure(
      'disk-full',
      `The database could not be written: ${message}`,
      'Free some space on the disk and run it again.',
    )
  }
  return new Failure('invalid-input', message, 'Correct the statement and run it again.')
}

/** DuckDB says who holds the file as `… held in /path/of/program (PID 12)`. */
function lockedFailure(path: string, message: string): Failure {
  const [, program = '', pid = ''] = /held in (.+?) \(PID (\d+)\)/i.exec(message) ?? []
  if (pid === '') {
    return new Failure(
      'busy',
      `The database ${path} is open in another process: ${message}`,
      'Close the other Slipway or DuckDB that has this workspace open, then try again.',
    )
  }
  const slipway = /(^|[/\\])(node|electron|slipway)(\.exe)?$/i.test(program)
  const holder = slipway ? 'another Slipway' : program
  return new Failure(
    'busy',
    `The database ${path} is open in ${holder} (process ${pid}), and only one process at a time can have it open.`,
    slipway
      ? `Do this in the workbench that is open, or close it (or end process ${pid}) and try again.`
      : `Close ${program} (or end process ${pid}), then try again.`,
  )
}

/** DuckDB's own `streaming_buffer_size`, in megabytes. */
const aheadByDefault = 1

function openSession(connection: DuckDBConnection): Session {
  let aheadNow = aheadByDefault
  let interrupted = false
  const start = async (sql: string, values?: DuckDBValue[]) => {
    interrupted = false
    const whyOf = async () =>
      interrupted
        ? new Error('Interrupted!')
        : await whyItFailed(sql, (statement) => connection.run(statement, values))
    return failWhereItFails(await connection.stream(sql, values), whyOf)
  }
  const setAhead = async (ahead: number) => {
    if (ahead === aheadNow) return
    await connection.run(`set streaming_buffer_size = '${ahead}MB'`)
    aheadNow = ahead
  }
  return {
    connection,
    async run(sql, values) {
      try {
        await connection.run(sql, values ? [...values] : undefined)
      } catch (error) {
        throw databaseFailure(error)
      }
    },
    async rows(sql, values) {
      try {
        const reader = await connection.runAndReadAll(sql, values ? [...values] : undefined)
        // Its own row objects are made by assignment, which loses a column named `__proto__`.
        const names = reader.deduplicatedColumnNames()
        return reader
          .getRowsJS()
          .map((row) => Object.fromEntries(names.map((name, c) => [name, row[c] as RowValue])))
      } catch (error) {
        throw databaseFailure(error)
      }
    },
    async *stream(sql, ahead = aheadByDefault) {
      let next: Promise<DuckDBDataChunk | null> = Promise.resolve(null)
      try {
        await setAhead(ahead)
        const result = await start(sql)
        const fetchNext = () => {
          next = result.fetchChunk()
          // Told of where it is awaited, which may be a while from now.
          next.catch(() => undefined)
        }
        fetchNext()
        for (;;) {
          const chunk = await next
          if (!chunk || chunk.rowCount === 0) return
          fetchNext()
          yield chunk
        }
      } catch (error) {
        throw databaseFailure(error)
      } finally {
        // Who stops early must not leave the connection at work.
        await next.catch(() => undefined)
      }
    },
    async result(sql, values) {
      try {
        await setAhead(aheadByDefault)
        return await start(sql, values ? [...values] : undefined)
      } catch (error) {
        throw databaseFailure(error)
      }
    },
    interrupt() {
      interrupted = true
      connection.interrupt()
    },
    close: () => connection.closeSync(),
  }
}

/**
 * Opens (or makes) the database file.
 *
 * @param path `.slipway/workspace.duckdb`, or `:memory:`
 * @param searchFolder the workspace folder, against which SQL resolves relative file names
 * @throws Failure `busy` naming the holder when another process has the file open
 */
export async function openDatabase(path: string, searchFolder: string): Promise<Database> {
  let instance: DuckDBInstance
  try {
    instance = await DuckDBInstance.create(path)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (/lock/i.test(message)) throw lockedFailure(path, message)
    throw new Failure(
      'failed',
      `The database ${path} cannot be opened: ${message}`,
      'Check that the file is a DuckDB database and that it can be written.',
    )
  }
  return {
    path,
    async session() {
      const connection = await instance.connect()
      await connection.run(`set file_search_path = ${literal(searchFolder)}`)
      return openSession(connection)
    },
    async bytes() {
      // What was written last is in the log beside the file until DuckDB's next checkpoint.
      const sizes = [path, `${path}.wal`].map(async (file) =>
        existsSync(file) ? (await stat(file)).size : 0,
      )
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    },
    close: () => instance.closeSync(),
  }
}
