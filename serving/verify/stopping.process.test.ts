/** Catches a verification that leaves its server running, or its files behind, when it does not come to its end. */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'

const runFile = promisify(execFile)

let bundle: WrittenBundle
let temporary: string
beforeAll(async () => {
  bundle = await writeBundle('binary', { withServer: true })
  temporary = await mkdtemp(join(os.tmpdir(), 'slipway-stopping-'))
})
afterAll(async () => {
  await bundle.remove()
  await rm(temporary, { recursive: true, force: true })
})

/** Starts a verification and sends it a signal as soon as the server of the bundle runs and `check` is under way. */
async function stoppedDuring(check: string, signal: NodeJS.Signals) {
  const child = spawn(process.execPath, [join(bundle.folder, 'server.mjs'), 'verify', '--events'], {
    env: { TMPDIR: temporary },
  })
  let out = ''
  let err = ''
  child.stderr.on('data', (bytes) => {
    err += bytes
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await new Promise<void>((underWay, failed) => {
    child.stdout.on('data', (bytes) => {
      out += bytes
      if (out.includes(`{"type":"running","check":"${check}"`)) underWay()
    })
    ended.then(() => failed(new Error(`ended before ${check}: ${out}${err}`)))
  })
  while ((await servers()) === 0) await new Promise((soon) => setTimeout(soon, 5))
  child.kill(signal)
  return { code: await ended, err }
}

/** How many servers of the bundle run. */
async function servers(): Promise<number> {
  const { stdout } = await runFile('ps', ['-A', '-o', 'args='])
  return stdout.split('\n').filter((line) => line.includes(`${bundle.folder}/server.mjs serve`)).length
}

// Windows has no signals to ask with.
describe.skipIf(process.platform === 'win32')('a verification that is asked to stop', () => {
  it.each([
    ['Starts in a clean process', 'SIGTERM'],
    ['Memory after many requests', 'SIGTERM'],
    ['Recorded rows through files', 'SIGINT'],
  ] as const)('during "%s" by %s ends its server and removes what it wrote', async (check, signal) => {
    const { code, err } = await stoppedDuring(check, signal)
    expect([code, err]).toEqual([1, 'The verification was stopped. Verify again when you need it.\n'])
    expect(await servers()).toBe(0)
    expect(await readdir(temporary)).toEqual([])
  })
})

describe.skipIf(process.platform === 'win32')('a verification that is killed', () => {
  it('takes its server with it', async () => {
    await stoppedDuring('Memory after many requests', 'SIGKILL')
    while ((await servers()) > 0) await new Promise((soon) => setTimeout(soon, 20))
    expect(await servers()).toBe(0)
  })
})
