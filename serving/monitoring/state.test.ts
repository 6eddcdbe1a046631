import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { latencyBounds, type Window } from '../../shared/drift/window.ts'
import { openEventLog } from './event-log.ts'
import { createIdSeries, openIds } from './ids.ts'
import { openKeptEntries } from './kept-entries.ts'
import { openWindowFile } from './window-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-log-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a log of numbered lines', () => {
  it('numbers lines without a gap over files and restarts', async () => {
    const options = { segmentLines: 3, segments: 100 }
    for (let restart = 0; restart < 4; restart++) {
      const log = await openEventLog(folder, options)
      for (let i = 0; i < 5; i++) log.append(`"n":${restart * 5 + i}`)
      await log.close()
    }
    const log = await openEventLog(folder, options)
    const lines = await log.since(0, 1000)
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      Array.from({ length: 20 }, (_, n) => ({ cursor: n + 1, n })),
    )
    expect((await log.since(7, 2)).map((line) => JSON.parse(line).cursor)).toEqual([8, 9])
    expect(await log.since(20, 10)).toEqual([])
    await log.close()
  })

  it('keeps only the newest files', async () => {
    const log = await openEventLog(folder, { segmentLines: 2, segments: 3 })
    for (let i = 0; i < 11; i++) log.append(`"n":${i}`)
    await log.flush()
    expect(await readdir(folder)).toHaveLength(3)
    expect((await log.since(0, 100)).map((line) => JSON.parse(line).cursor)).toEqual([7, 8, 9, 10, 11])
    await log.close()
  })

  it('cuts off the half line that a kill left', async () => {
    const first = await openEventLog(folder)
    first.append('"n":1')
    await first.close()
    const [name = ''] = await readdir(folder)
    await appendFile(join(folder, name), '{"cursor":2,"n"')
    const second = await openEventLog(folder)
    second.append('"n":2')
    expect(await second.since(0, 10)).toEqual(['{"cursor":1,"n":1}', '{"cursor":2,"n":2}'])
    await second.close()
  })

  it('says so when the disk is full, and writes each line once when there is space again', async () => {
    let full = true
    const log = await openEventLog(folder, {
      async appendText(file, text) {
        if (full) {
          await file.appendFile(text.slice(0, 5))
          throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
        }
        await file.appendFile(text)
      },
    })
    log.append('"n":0')
    await expect(log.flush()).rejects.toMatchObject({ code: 'ENOSPC' })
    log.append('"n":1')
    expect(log.pending).toBe(2)
    full = false
    await log.flush()
    expect(await log.since(0, 10)).toEqual(['{"cursor":1,"n":0}', '{"cursor":2,"n":1}'])
    await log.close()
  })

  it('resolves every flush of many that meet', async () => {
    const log = await openEventLog(folder)
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => {
        log.append(`"n":${n}`)
        return log.flush()
      }),
    )
    expect(await log.since(0, 100)).toHaveLength(50)
    await log.close()
  })
})

describe('predictions and feedback', () => {
  const numbers = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).cursor)

  it('are told in the order in which they came, page by page under one cursor, also after a restart', async () => {
    let entries = await openKeptEntries(folder)
    for (let i = 0; i < 20; i++) {
      const log = i % 3 === 0 ? entries.feedback : entries.predictions
      log.append(`"n":${i}`)
      if (i !== 9) continue
      await entries.close()
      entries = await openKeptEntries(folder)
    }
    const found: string[] = []
    for (let cursor = 0; ; ) {
      const { lines, next } = await entries.since(cursor, 3)
      if (lines.length === 0) break
      expect(next).toBe(numbers(lines).at(-1))
      found.push(...lines)
      cursor = next
    }
    expect(found.map((line) => JSON.parse(line))).toEqual(
      Array.from({ length: 20 }, (_, n) => ({ cursor: n + 1, n })),
    )
    expect(await entries.since(20, 10)).toEqual({ lines: [], next: 20 })
    await entries.close()
  })

  it('lose no line to a reader who asks while both are written', async () => {
    const entries = await openKeptEntries(folder)
    const found: number[] = []
    let cursor = 0
    let reading: Promise<void> = Promise.resolve()
    for (let n = 0; n < 400; n++) {
      const log = n % 2 === 0 ? entries.predictions : entries.feedback
      log.append(`"n":${n}`)
      if (n % 7 === 0) await new Promise(setImmediate)
      if (n % 10 !== 0) continue
      reading = reading.then(async () => {
        const { lines, next } = await entries.since(cursor, 1000)
        found.push(...numbers(lines))
        cursor = next
      })
    }
    await reading
    found.push(...numbers((await entries.since(cursor, 1000)).lines))
    expect(found).toEqual(Array.from({ length: 400 }, (_, n) => n + 1))
    await entries.close()
  })

  it('are bounded apart: any number of predictions leaves the feedback that was accepted', async () => {
    const entries = await openKeptEntries(folder, undefined, {
      segmentLines: 10,
      predictions: 2,
      feedback: 3,
    })
    for (let n = 0; n < 500; n++) {
      entries.predictions.append(`"type":"prediction","n":${n}`)
      if (n % 20 === 0) entries.feedback.append(`"type":"feedback","n":${n}`)
    }
    const kept = (await entries.since(0, 1000)).lines.map((line) => JSON.parse(line))
    const of = (type: string) => kept.filter((entry) => entry.type === type).map((entry) => entry.n)
    expect(of('feedback')).toEqual(Array.from({ length: 25 }, (_, i) => i * 20))
    expect(of('prediction').length).toBeLessThanOrEqual(20)
    for (let n = 0; n < 30; n++) entries.feedback.append(`"type":"feedback","n":${n}`)
    await entries.feedback.flush()
    expect(await readdir(join(folder, 'feedback'))).toHaveLength(3)
    await entries.close()
  })
})

const window = (cursor: number): Window => ({
  cursor,
  instance: 'a',
  model: { name: 'churn', version: 1 },
  role: 'active',
  layoutHash: 'x',
  start: cursor * 1000,
  end: cursor * 1000 + 1000,
  open: false,
  requests: 1,
  rows: 1,
  statuses: { '200': 1 },
  latency: new Array(latencyBounds.length + 1).fill(0),
  latencySum: 0,
  bytesIn: 0,
  bytesOut: 0,
  cpuSeconds: 0,
  memoryBytes: 0,
  eventLoopDelayMs: 0,
  features: [],
  outputs: [],
})

describe('the file of windows', () => {
  it('drops the older half when it is full, and goes on with the cursor', async () => {
    const first = await openWindowFile(folder, 5)
    for (let cursor = 1; cursor <= 12; cursor++) await first.append(window(cursor))
    const second = await openWindowFile(folder, 5)
    expect(second.next).toBe(13)
    const lines = await second.since(0, 100)
    expect(lines.map((line) => JSON.parse(line))).toEqual([6, 7, 8, 9, 10, 11, 12].map(window))
    expect(await second.since(10, 1)).toHaveLength(1)
    expect(await second.since(12, 10)).toEqual([])
  })
})

describe('ids', () => {
  it('knows every id it issued, also after a restart, and no other', async () => {
    const first = await openIds(folder)
    const issued = Array.from({ length: 2000 }, () => first.next())
    expect(new Set(issued).size).toBe(issued.length)
    expect(issued.every((id) => first.issued(id))).toBe(true)
    const second = await openIds(folder)
    expect(issued.every((id) => second.issued(id))).toBe(true)
    const other = await mkdtemp(join(os.tmpdir(), 'slipway-log-'))
    const stranger = await openIds(other)
    expect(issued.some((id) => stranger.issued(id))).toBe(false)
    await rm(other, { recursive: true })
    const [prefix = '', count = '', check = ''] = issued[40]?.split('-') ?? []
    expect(second.issued(`${prefix}-${count}1-${check}`)).toBe(false)
    expect(first.issued(issued[0]?.toUpperCase() ?? '')).toBe(false)
  })

  describe('of replicas that share a key', () => {
    const key = 'a key of many letters'
    const elsewhere = () => mkdtemp(join(folder, 'replica-'))
    const hundred = (ids: { next(): string }) => Array.from({ length: 100 }, () => ids.next())

    it('are known to each of them, those of its workers too, and to nobody without the key', async () => {
      const [first, second] = [await openIds(await elsewhere(), key), await openIds(await elsewhere(), key)]
      const issued = [...hundred(first), ...hundred(createIdSeries(await first.allot(), key))]
      expect(new Set(issued).size).toBe(200)
      expect(issued.filter((id) => !first.issued(id) || !second.issued(id))).toEqual([])
      const strangers = [await openIds(await elsewhere()), await openIds(await elsewhere(), `${key}!`)]
      for (const stranger of strangers) {
        expect(issued.filter((id) => stranger.issued(id))).toEqual([])
        expect(hundred(stranger).filter((id) => first.issued(id))).toEqual([])
      }
    })

    it('cannot be made from those that were seen: each character of one counts', async () => {
      const first = await openIds(await elsewhere(), key, () => Buffer.of(1, 2, 3, 4))
      const second = await openIds(await elsewhere(), key)
      const [id = ''] = hundred(first)
      const changed = [...id].map(
        (letter, i) => `${id.slice(0, i)}${letter === '1' ? '2' : '1'}${id.slice(i + 1)}`,
      )
      expect(changed.filter((one) => second.issued(one))).toEqual([])
      // The check characters of the next one are not those that the visible part alone would give.
      const plain = createIdSeries(id.slice(0, 16), null)
      expect(hundred(plain).filter((one) => second.issued(one))).toEqual([])
    })

    it('stay known where they were issued when the key is set, changed or taken away', async () => {
      const own = await elsewhere()
      const issued: string[] = []
      for (const held of [null, key, `${key}!`, null]) {
        const ids = await openIds(own, held)
        expect(issued.filter((id) => !ids.issued(id))).toEqual([])
        issued.push(...hundred(ids))
      }
    })
  })
})
