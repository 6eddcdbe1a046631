import { execFile } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followLines } from './deployment-log.ts'
import { lastLines } from './last-lines.ts'
import { rotateLog } from './rotate-log.ts'

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

  it.each(['path', 'handle'] as const)(
    'goes on over rotations of a log written by %s without losing or repeating a line',
    async (writing) => {
      const path = join(folder, writing, 'rotated.ndjson')
      await mkdir(join(folder, writing))
      await writeFile(path, '')
      const ending = new AbortController()
      const found: string[] = []
      const following = (async () => {
        for await (const lines of followLines(path, 10, ending.signal)) found.push(...lines)
      })()
      const expected: string[] = []
      const add = async (line: string) => {
        expected.push(line)
        await appendFile(path, `${line}\n`)
      }
      const caughtUp = () => expect.poll(() => found.length, { timeout: 10_000 }).toBe(expected.length)
      for (let round = 0; round < 5; round++) {
        for (let i = 0; i < 50; i++) await add(`{"round":${round},"line":${i}}`)
        // Once before the look that would find these lines, and once after it.
        if (round % 2 === 0) await caughtUp()
        expect(await rotateLog(path, { bytes: 500, kept: 2 }, writing)).toBe(true)
        await add(`{"rotated":${round}}`)
        await caughtUp()
      }
      await appendFile(path, 'last\n')
      await expect.poll(() => found.at(-1), { timeout: 5000 }).toBe('last')
      expect(found).toEqual([...expected, 'last'])
      ending.abort()
      await following
      expect((await readdir(join(folder, writing))).sort()).toEqual([
        'rotated.1.ndjson',
        'rotated.2.ndjson',
        'rotated.ndjson',
      ])
      expect(await lastLines(path, 2)).toEqual([expected.at(-1), 'last'])
      expect(await rotateLog(path, { bytes: 500, kept: 2 }, writing)).toBe(false)
    },
  )

  it('finds its place while former logs are being renamed, however long that takes', async () => {
    const path = join(folder, 'slow.ndjson')
    await writeFile(path, 'before\n')
    const ending = new AbortController()
    const found: string[] = []
    const following = (async () => {
      for await (const lines of followLines(path, 1, ending.signal)) found.push(...lines)
    })()
    await expect.poll(() => found).toEqual(['before'])
    await appendFile(path, 'last of the first\n')
    // Twice renamed, the second time with the file after it, which has not got there yet.
    await rename(path, join(folder, 'slow.2.ndjson'))
    await writeFile(path, 'second\n')
    await wait(2000)
    await rename(path, join(folder, 'slow.1.ndjson'))
    await writeFile(path, 'third\n')
    await expect.poll(() => found.at(-1), { timeout: 5000 }).toBe('third')
    expect(found).toEqual(['before', 'last of the first', 'second', 'third'])
    ending.abort()
    await following
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

describe('a log that busy processes write by its path', () => {
  it('loses no line to rotations, and neither does who follows it', async () => {
    const own = join(folder, 'busy')
    await mkdir(own)
    const path = join(own, 'log.ndjson')
    await writeFile(path, '')
    const program = `
      const { appendFileSync, existsSync } = require('node:fs')
      const [path, writer] = process.argv.slice(1)
      let count = 0
      while (!existsSync(path + '.enough')) appendFileSync(path, writer + ' ' + count++ + '\\n')
      process.stdout.write(String(count))`
    const ending = new AbortController()
    const follower = followLines(path, 1, ending.signal)
    // It knows where it begins before anything is written.
    const followed = [...((await follower.next()).value ?? [])]
    const following = (async () => {
      for await (const lines of follower) followed.push(...lines)
    })()
    const write = promisify(execFile)
    const writing = ['a', 'b', 'c'].map(async (writer) => {
      const { stdout } = await write(process.execPath, ['-e', program, path, writer])
      return Array.from({ length: Number(stdout) }, (_, i) => `${writer} ${i}`)
    })
    for (let rotations = 0; rotations < 12; ) {
      if (await rotateLog(path, { bytes: 2_000, kept: 100 }, 'path')) rotations++
      await wait(5)
    }
    await writeFile(`${path}.enough`, '')
    const written = await Promise.all(writing)
    const names = (await readdir(own)).filter((name) => name.endsWith('.ndjson'))
    const kept = (await Promise.all(names.map((name) => readFile(join(own, name), 'utf8')))).join('')
    expect(kept.trimEnd().split('\n').sort()).toEqual(written.flat().sort())
    await expect.poll(() => followed.length, { timeout: 60_000 }).toBe(written.flat().length)
    for (const lines of written) {
      expect(followed.filter((line) => line[0] === lines[0]?.[0])).toEqual(lines)
    }
    ending.abort()
    await following
  }, 90_000)
})

describe('a rotation that was cut off', () => {
  const limit = { bytes: 1000, kept: 2 }

  it('is finished where the log was emptied already', async () => {
    const path = join(folder, 'emptied.ndjson')
    await writeFile(path, 'new\n')
    await writeFile(`${path}.rotating`, 'former lines\n')
    await rotateLog(path, limit, 'handle')
    expect(await readFile(join(folder, 'emptied.1.ndjson'), 'utf8')).toBe('former lines\n')
    expect(await lastLines(path, 2)).toEqual(['former lines', 'new'])
  })

  it('is forgotten where the log still holds everything', async () => {
    const path = join(folder, 'whole.ndjson')
    await writeFile(path, 'one\ntwo\n')
    await writeFile(`${path}.rotating`, 'one\n')
    await rotateLog(path, limit, 'handle')
    expect(await lastLines(path, 9)).toEqual(['one', 'two'])
  })
})
