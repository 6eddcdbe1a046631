import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { longSearch, trialsOfLongSearch } from './testing/long-search.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-killed-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function journalled(): Promise<number> {
  const names = await readdir(folder)
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.join('').split('\n').length - 1
}

test('a search that is killed with -9 goes on where it was, to the numbers of one never killed', async () => {
  const program = fileURLToPath(new URL('testing/long-search.ts', import.meta.url))
  const child = spawn(process.execPath, [program, folder], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  while ((await journalled()) < 2 && child.exitCode === null) await wait(10)
  child.kill('SIGKILL')
  expect(await exited).toEqual([null, 'SIGKILL'])
  const finished = await journalled()
  expect(finished).toBeGreaterThanOrEqual(2)
  expect(finished).toBeLessThan(2 * trialsOfLongSearch)

  const resumed = (await longSearch(folder)).record.search!
  expect(resumed.fits).toEqual({ done: 2 * trialsOfLongSearch, of: 2 * trialsOfLongSearch, reused: finished })
  const whole = (await longSearch(join(folder, 'never-killed'))).record.search!
  expect(whole.fits.reused).toBe(0)
  const numbers = (table: typeof whole) => table.trials.map(({ ms: _ms, ...trial }) => trial)
  expect(numbers(resumed)).toEqual(numbers(whole))
  expect(resumed.best).toBe(whole.best)
}, 120_000)
