import { readFile } from 'node:fs/promises'
import { tableFromIPC } from '@uwdata/flechette'
import { openDuckDb, sqlRelation, sqlText } from '../batch/duckdb-session.ts'
import { parseLocation } from '../batch/locations.ts'
import { readParquetLayout } from '../batch/parquet/layout.ts'
import { parquetColumns } from '../batch/parquet/parquet-columns.ts'
import { createParquetRows } from '../batch/sources/parquet-rows.ts'
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

async function ownRows(path: string): Promise<Row[]> {
  const layout = await readParquetLayout(path)
  if (layout === null) throw new Error(`${path} is no Parquet file.`)
  const reader = createParquetRows(path, layout, parquetColumns(layout))
  const count = layout.groups.reduce((sum, { rows }) => sum + rows, 0)
  return await reader.rowsAt(0, count).finally(() => reader.close())
}

/**
 * Reads an output of `score` back, by other code than wrote it.
 *
 * @param duckDb whether there is DuckDB, which reads Parquet then
 */
export async function readScored(word: string, duckDb = true): Promise<Row[]> {
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
      if (!duckDb) return await ownRows(location.path)
      return await query(':memory:', `select * from read_parquet(${sqlText(location.path)})`)
    case 'duckdb':
      return await query(location.path, `select * from ${sqlRelation(location.relation)}`)
    case 'postgres':
      throw new Error('Ask PostgreSQL.')
  }
}
