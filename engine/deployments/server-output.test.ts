import { spawnSync } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logFile } from './log-file.ts'
import { createRawOutput, lastWords, openServerOutput } from './server-output.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-output-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const raw = () => join(folder, 'stderr.log')
const log = () => readFile(logFile(folder), 'utf8').catch(() => '')

/** Runs a bundle's server as a keeper does. */
async function run(server: string) {
  await writeFile(join(folder, 'server.mjs'), server)
  const { writing, env, stdio, close } = await openServerOutput(folder, folder)
  spawnSync(process.execPath, [join(folder, 'server.mjs')], { env: { ...env }, stdio })
  close()
  return writing
}

describe("a server's output", () => {
  it('is its log by the path, with standard error apart, where the bundle knows how', async () => {
    const writing = await run(`
      import { appendFileSync } from 'node:fs'
      console.log('ready')
      appendFileSync(process.env.SLIPWAY_LOG_FILE, 'a line\\n')
      console.error('a warning')`)
    expect([writing, await log(), await readFile(raw(), 'utf8')]).toEqual(['path', 'a line\n', 'a warning\n'])
  })

  it('is all in the log, held open, where the bundle was packaged before', async () => {
    await writeFile(raw(), 'of a former server\n')
    const writing = await run(`console.log('ready'); console.error('a line')`)
    expect([writing, await log(), await readFile(raw(), 'utf8')]).toEqual(['handle', 'ready\na line\n', ''])
  })
})

describe('what comes to standard error', () => {
  it('goes to the log in whole lines, once, and whole at the end', async () => {
    const output = createRawOutput(folder)
    output.copy()
    await writeFile(raw(), 'one\ntw')
    output.copy()
    expect(await log()).toBe('one\n')
    await appendFile(raw(), 'o\nthr')
    output.copy()
    output.copy()
    expect(await log()).toBe('one\ntwo\n')
    output.copy(true)
    expect(await log()).toBe('one\ntwo\nthr\n')
    await writeFile(raw(), 'next\n')
    output.begin()
    output.copy()
    expect(await log()).toBe('one\ntwo\nthr\nnext\n')
  })

  it('is not copied again by the next keeper, and stays small', async () => {
    await writeFile(raw(), 'copied\n')
    const output = createRawOutput(folder)
    const line = `${'x'.repeat(1023)}\n`
    await appendFile(raw(), line.repeat(1500))
    output.copy()
    expect((await log()) === line.repeat(1500)).toBe(true)
    expect((await readFile(raw())).length).toBe(0)
  })

  it('tells of a crash by the error, not by its stack', async () => {
    await run(`console.error(process.env.SLIPWAY_LOG_FILE); throw new Error('the disk is on fire')`)
    const output = createRawOutput(folder)
    output.begin()
    output.copy(true)
    expect(await log()).toContain('    at ')
    expect(await lastWords(folder)).toBe('Error: the disk is on fire')
  })
})
