import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followLines } from './deployment-log.ts'
import { lastLines } from './last-lines.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-log-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a log that is followed', () => {
  it('begins with its last lines, goes on with whole new ones, and survives being emptied', async () => {
    const path = join(folder, 'followed')
    await writeFile(path, 'one\ntwo\nthree\nfo')
    const ending = new AbortController()
    const lines = followLines(path, 2, ending.signal)
    const next = async () => (await lines.next()).value
    expect(await next()).toEqual(['two', 'three'])
    await appendFile(path, 'ur\nfive\nsi')
    expect(await next()).toEqual(['four', 'five'])
    await writeFile(path, 'new\n')
    expect(await next()).toEqual(['new'])
    ending.abort()
    expect((await lines.next()).done).toBe(true)
  })

  it('waits for a file that is not there yet', async () => {
    const path = join(folder, 'later')
    const ending = new AbortController()
    const lines = followLines(path, 10, ending.signal)
    expect((await lines.next()).value).toEqual([])
    await writeFile(path, 'first\n')
    expect((await lines.next()).value).toEqual(['first'])
    ending.abort()
  })
})

describe('the last lines', () => {
  it('are whole, also of a file far larger than what is read of it', async () => {
    const path = join(folder, 'large')
    const line = 'x'.repeat(1000)
    await writeFile(path, `${line}\n`.repeat(3000))
    expect(await lastLines(path, 3)).toEqual([line, line, line])
    expect(new Set(await lastLines(path, 5000))).toEqual(new Set([line]))
    expect(await lastLines(join(folder, 'none'), 3)).toEqual([])
  })
})
