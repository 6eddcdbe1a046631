import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startChild } from '../testing/child-servers.ts'
import { writeBundle } from '../testing/write-bundle.ts'

test('a worker that hangs is ended and started again, while the other answers', async () => {
  const bundle = await writeBundle('binary', { withServer: true })
  const scratch = await mkdtemp(join(os.tmpdir(), 'slipway-hung-'))
  const child = startChild(bundle.folder, ['--state', join(scratch, 'state'), '--workers', '2'])
  try {
    const url = await child.ready
    // A connection that comes to the hung worker is answered by nobody; the next one comes to the other.
    const processes = async () => {
      const asked = fetch(`${url}/admin/processes`, { signal: AbortSignal.timeout(3_000) })
      const answer = await asked.then((response) => response.json()).catch(() => ({ processes: [] }))
      return answer.processes
    }
    const pid: number = (await processes())[1].pid
    process.kill(pid, 'SIGSTOP')
    await expect
      .poll(processes, { timeout: 30_000, interval: 100 })
      .toMatchObject([{}, { state: 'running', restarts: 1, lastExit: 'ended by SIGKILL' }, { restarts: 0 }])
    expect((await processes())[1].pid).not.toBe(pid)
    expect(child.log()).toMatch(/a worker is ended: it answered nothing for \S+ s and did nothing/)
  } finally {
    child.process.kill('SIGKILL')
    await child.ended
    await Promise.all([bundle.remove(), rm(scratch, { recursive: true, force: true })])
  }
})
