import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Database, openDatabase, type Session } from './database.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-database-'))
  path = join(folder, 'workspace.duckdb')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Another process with the database open. */
async function holder(): Promise<ChildProcess> {
  const api = pathToFileURL(
    join(import.meta.dirname, '../../node_modules/@duckdb/node-api/lib/index.js'),
  ).href
  const program = `const { DuckDBInstance } = (await import(${JSON.stringify(api)})).default
    const instance = await DuckDBInstance.create(${JSON.stringify(path)})
    process.stdout.write('open'); setInterval(() => instance, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  return child
}

test('a database that another process has open is refused with its holder and the way out; it opens when free', async () => {
  const child = await holder()
  const refused = openDatabase(path, folder)
  await expect(refused).rejects.toMatchObject({
    code: 'busy',
    message: `The database ${path} is open in another Slipway (process ${child.pid}), and only one process at a time can have it open.`,
    whatToDo: expect.stringContaining(`end process ${child.pid}`),
  })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const database = await openDatabase(path, folder)
  database.close()
})

test('a file that is no database is refused and stays as it is', async () => {
  await writeFile(path, 'id,name\n1,Ann\n')
  await expect(openDatabase(path, folder)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining(path),
    whatToDo: expect.stringContaining('DuckDB database'),
  })
  expect(await readFile(path, 'utf8')).toBe('id,name\n1,Ann\n')
})

test('its size counts what is not yet moved from the log into the file', async () => {
  const database = await openDatabase(path, folder)
  const session = await database.session()
  const before = await database.bytes()
  await session.run('create table numbers as select hash(range) as number from range(100000)')
  expect(await database.bytes()).toBeGreaterThan(before + 100_000)
  session.close()
  database.close()
})

describe('a result that is read step by step', () => {
  let database: Database
  let session: Session
  beforeEach(async () => {
    database = await openDatabase(path, folder)
    session = await database.session()
  })
  afterEach(() => {
    session.close()
    database.close()
  })

  const failing = `select case when i = 4000000 then error('row 4000000 is not there') else i end as i from range(5000000) t(i)`

  async function rowsOf(sql: string, onChunk: () => Promise<void> = async () => {}): Promise<number> {
    let rows = 0
    for await (const chunk of session.stream(sql)) {
      rows += chunk.rowCount
      await onChunk()
    }
    return rows
  }

  test('has every row, and can be left half way', async () => {
    for await (const chunk of session.stream('from range(5000000)', 16)) {
      expect(chunk.rowCount).toBeGreaterThan(0)
      break
    }
    expect(await rowsOf('from range(5000000)')).toBe(5_000_000)
  })

  test('fails with the reason where its query fails, also after millions of rows and in a transaction', async () => {
    const told = { message: expect.stringContaining('row 4000000 is not there') }
    await expect(rowsOf(failing)).rejects.toMatchObject(told)
    const result = await session.result(`${failing} where i > $1`, [3])
    await expect(result.getRowsJS()).rejects.toThrow('row 4000000 is not there')
    await session.run('begin')
    await expect(rowsOf(failing)).rejects.toMatchObject({
      message: expect.stringContaining('failed before its last row'),
    })
    await session.run('rollback')
    expect(await rowsOf('select 1')).toBe(1)
  })

  test('says that it was stopped when it was', async () => {
    const stopped = rowsOf('select i, error(null) from range(500000000) t(i)', async () => {
      await setTimeout(1)
      session.interrupt()
    })
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(await rowsOf('select 1')).toBe(1)
  })
})

test('rows keep a column of any name', async () => {
  const database = await openDatabase(path, folder)
  const session = await database.session()
  const [row] = await session.rows(`select 1 as "__proto__", 2 as "constructor", 3 as a, 4 as a`)
  expect(Object.entries(row ?? {})).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
    ['a', 3],
    ['a:1', 4],
  ])
  session.close()
  database.close()
})
