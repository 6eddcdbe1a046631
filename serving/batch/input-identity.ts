import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { sqlRelation } from './duckdb-session.ts'
import { isQuery, type Location, shownLocation } from './locations.ts'

type Table = Extract<Location, { relation: string }>

async function sizeAndTime(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  return `${size} ${mtimeMs}`
}

const counting = ({ relation }: Table, as: string) =>
  `select count(*)::${as} as n from ${isQuery(relation) ? `(${relation}\n) q` : sqlRelation(relation)}`

async function rowsOf(from: Table): Promise<string> {
  if (from.kind === 'postgres') {
    const { openPostgres } = await import('./postgres-session.ts')
    const session = await openPostgres(from)
    const found = await session.rows(counting(from, 'text')).finally(() => session.close())
    return `${found[0]?.n} rows`
  }
  const { openDuckDb } = await import('./duckdb-session.ts')
  const session = await openDuckDb(from.path, shownLocation(from))
  const found = await session.rows(counting(from, 'varchar')).finally(() => session.close())
  return `${found[0]?.n} rows`
}

/**
 * What tells an input from one that was changed since: size and time of its file, of a DuckDB database with those of the
 * log beside it. Of a database that changes by itself, as PostgreSQL's does and the one that is written into, it can only
 * be how many rows there are.
 */
export async function inputIdentity(from: Location, to: Location): Promise<string> {
  switch (from.kind) {
    case 'postgres':
      return await rowsOf(from)
    case 'duckdb': {
      if (to.kind === 'duckdb' && resolve(to.path) === resolve(from.path)) return await rowsOf(from)
      // A query need not be of a file: there are databases in memory.
      const [file, log] = [from.path, `${from.path}.wal`].map((path) => sizeAndTime(path).catch(() => 'none'))
      return `${await file}, ${await log}`
    }
    default:
      return await sizeAndTime(from.path)
  }
}
