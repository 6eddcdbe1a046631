import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { Failure } from '../../shared/failure.ts'
import { sqlLiteral } from '../../shared/sql-literal.ts'

export const sqlText = sqlLiteral
export const sqlName = (name: string) => `"${name.replaceAll('"', '""')}"`
/** `table` or `schema.table`. */
export const sqlRelation = (name: string) => name.split('.').map(sqlName).join('.')

export interface DuckDbSession {
  readonly connection: DuckDBConnection
  run(sql: string): Promise<void>
  /** A small result as rows of plain values. */
  rows(sql: string): Promise<Record<string, unknown>[]>
  /** The same beside a result that is being read. */
  aside(sql: string): Promise<Record<string, unknown>[]>
  close(): void
}

/** Files that are open here: a second instance of one file would lose writes. */
const instances = new Map<string, { opened: Promise<DuckDBInstance>; uses: number }>()

/** Rows kept in order, and half a gigabyte of memory for what does not fit is on disk. */
const settings = { memory_limit: '512MB', preserve_insertion_order: 'true' }

async function load() {
  try {
    return await import('@duckdb/node-api')
  } catch {
    throw new Failure(
      'invalid-input',
      'Tables of DuckDB need DuckDB, which this bundle does not carry.',
      'Use `slipway score`, which lends it, or name a file of Parquet, Arrow, CSV or NDJSON.',
    )
  }
}

/** Whether tables of DuckDB can be read and written here, and Parquet of any type. */
export async function hasDuckDb(): Promise<boolean> {
  return await load().then(
    () => true,
    () => false,
  )
}

export function duckDbFailure(error: unknown, subject: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error
  if (/No space left|disk full/i.test(error.message)) {
    return new Failure(
      'disk-full',
      `The disk of ${subject} is full.`,
      'Free some space and score again with --resume.',
    )
  }
  const missing = /No files found|does not exist|cannot open file/i.test(error.message)
  return new Failure(
    missing ? 'not-found' : 'failed',
    `${subject}: ${error.message}`,
    missing ? 'Check the name.' : 'Correct it and score again.',
  )
}

/**
 * A connection to a database file, or to memory.
 *
 * @param subject what messages call it
 * @throws Failure `invalid-input` where there is no DuckDB, `failed` or `not-found` where the file cannot be opened
 */
export async function openDuckDb(path: string, subject: string, readOnly = false): Promise<DuckDbSession> {
  const { DuckDBInstance } = await load()
  const key = path === ':memory:' ? `:memory:${instances.size}-${performance.now()}` : path
  const options = {
    ...settings,
    // Beside a database file; a database in memory would take the current folder.
    ...(path === ':memory:' ? { temp_directory: join(tmpdir(), `slipway-score-${process.pid}`) } : {}),
    ...(readOnly ? { access_mode: 'READ_ONLY' } : {}),
  }
  const held = instances.get(key) ?? {
    opened: DuckDBInstance.create(path, options),
    uses: 0,
  }
  instances.set(key, held)
  held.uses++
  const release = () => {
    held.uses--
    if (held.uses > 0) return
    instances.delete(key)
    held.opened.then(
      (instance) => instance.closeSync(),
      () => {},
    )
  }
  try {
    const instance = await held.opened
    const connection = await instance.connect()
    return {
      connection,
      async run(sql) {
        try {
          await connection.run(sql)
        } catch (error) {
          throw duckDbFailure(error, subject)
        }
      },
      async rows(sql) {
        try {
          const reader = await connection.runAndReadAll(sql)
          return reader.getRowObjectsJS()
        } catch (error) {
          throw duckDbFailure(error, subject)
        }
      },
      async aside(sql) {
        const second = await instance.connect()
        try {
          return (await second.runAndReadAll(sql)).getRowObjectsJS()
        } catch (error) {
          throw duckDbFailure(error, subject)
        } finally {
          second.closeSync()
        }
      },
      close() {
        connection.closeSync()
        release()
      },
    }
  } catch (error) {
    release()
    throw duckDbFailure(error, subject)
  }
}
