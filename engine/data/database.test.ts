import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from './database.ts'

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
