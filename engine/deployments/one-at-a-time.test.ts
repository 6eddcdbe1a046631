import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { oneAtATime } from './one-at-a-time.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-turns-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('work on one folder never overlaps, also where some of it fails', async () => {
  let at = 0
  let most = 0
  const work = async (fails: boolean) => {
    at += 1
    most = Math.max(most, at)
    await wait(2)
    at -= 1
    if (fails) throw new Error('it failed')
  }
  const all = await Promise.allSettled(
    Array.from({ length: 10 }, (_, i) => oneAtATime(folder, () => work(i % 3 === 0))),
  )
  expect(most).toBe(1)
  expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(4)
  expect(await readdir(folder)).toEqual([])
})

it('a claim of a process that was killed is waited for once', async () => {
  await mkdir(join(folder, '.changing'))
  expect(await oneAtATime(folder, async () => 'done', 50)).toBe('done')
  expect(await readdir(folder)).toEqual([])
})

it('a folder that is gone is for the work to tell of, at once', async () => {
  await rm(folder, { recursive: true })
  await expect(oneAtATime(folder, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
})
