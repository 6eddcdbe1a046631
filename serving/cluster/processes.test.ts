/** What a server tells of its own processes. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServingProcess } from '../monitoring/process-usage.ts'
import { type Child, startChild } from '../testing/child-servers.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'

let bundle: WrittenBundle
let scratch: string
let child: Child
beforeAll(async () => {
  bundle = await writeBundle('binary', { withServer: true })
  scratch = await mkdtemp(join(os.tmpdir(), 'slipway-processes-'))
  child = startChild(bundle.folder, ['--state', join(scratch, 'state'), '--workers', '2'])
})
afterAll(async () => {
  child.process.kill('SIGKILL')
  await child.ended
  await Promise.all([bundle.remove(), rm(scratch, { recursive: true, force: true })])
})

async function processes(): Promise<ServingProcess[]> {
  const answer = await fetch(`${await child.ready}/admin/processes`)
  return (await answer.json()).processes
}

describe('GET /admin/processes', () => {
  it('names the primary and every worker with what it uses', async () => {
    const all = await processes()
    expect(all.map(({ role, state }) => `${role} ${state}`)).toEqual([
      'primary running',
      'worker running',
      'worker running',
    ])
    expect(all[0]?.pid).toBe(child.process.pid)
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(3)
    for (const { usage, restarts, lastExit } of all) {
      expect(usage?.cpuSeconds).toBeGreaterThan(0)
      expect(usage?.memoryBytes).toBeGreaterThan(1e7)
      expect(usage?.eventLoopDelayMs).toBeGreaterThanOrEqual(0)
      expect({ restarts, lastExit }).toEqual({ restarts: 0, lastExit: null })
    }
  })

  it('tells of a worker that was killed how it ended, and that it runs again', async () => {
    const [, first] = await processes()
    process.kill(first?.pid ?? 0, 'SIGKILL')
    await expect
      .poll(processes, { timeout: 10_000, interval: 50 })
      .toMatchObject([{}, { state: 'running', restarts: 1, lastExit: 'ended by SIGKILL' }, { restarts: 0 }])
    const again = (await processes())[1]
    expect(again?.pid).not.toBe(first?.pid)
    expect(again?.usage).not.toBeNull()
  })
})
