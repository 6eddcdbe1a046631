import { readFile } from 'node:fs/promises'
import { tableFromIPC } from '@uwdata/flechette'
import { openDuckDb, sqlRelation, sqlText } from '../batch/duckdb-session.ts'
import { parseLocation } from '../batch/locations.ts'
import { parseCsv } from '../rows/csv.ts'

type Row = Record<string, unknown>

async function query(path: string, sql: string): Promise<Row[]> {
  const session = await openDuckDb(path, path)
  try {
    return await session.rows(sql)
  } finally {
    session.close()
  }
}

/** Reads an output of `score` back, by other code than wrote it. */
export async function readScored(word: string): Promise<Row[]> {
  const location = parseLocation(word)
  switch (location.kind) {
    case 'csv': {
      const [header = [], ...lines] = parseCsv(await readFile(location.path, 'utf8'))
      return lines.map((cells) => Object.fromEntries(header.map((name, c) => [name, cells[c]])))
    }
    case 'ndjson':
      return (await readFile(location.path, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    case 'arrow':
      return tableFromIPC(new Uint8Array(await readFile(location.path)))
        .toArray()
        .map((row) => ({ ...row }))
    case 'parquet':
      return await query(':memory:', `select * from read_parquet(${sqlText(location.path)})`)
    case 'duckdb':
      return await query(location.path, `select * from ${sqlRelation(location.relation)}`)
    case 'postgres':
      throw new Error('Ask PostgreSQL.')
  }
}
