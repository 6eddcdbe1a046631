import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { groupProcessorMs, timeOfPs } from './processor-time.ts'

test('times as ps writes them', () => {
  expect(timeOfPs('0:01.50')).toBe(1500)
  expect(timeOfPs('01:02:03')).toBe(3_723_000)
  expect(timeOfPs('2-00:00:01')).toBe(172_801_000)
})

test('the time of a group is that of its children too', async () => {
  const work = 'const end = Date.now() + 1e6; while (Date.now() < end);'
  const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(work)}]); setInterval(() => {}, 1e6)`
  const leader = spawn(process.execPath, ['-e', parent], { detached: true, stdio: 'ignore' })
  const pid = leader.pid ?? 0
  const used = async () => (await groupProcessorMs(pid)) ?? 0
  try {
    await expect.poll(used, { timeout: 10_000 }).toBeGreaterThan(150)
    const before = await used()
    await expect.poll(used, { timeout: 10_000 }).toBeGreaterThan(before + 50)
  } finally {
    process.kill(-pid, 'SIGKILL')
  }
})

test('a group that is not there has none', async () => {
  expect(await groupProcessorMs(2 ** 30)).toBeNull()
})
