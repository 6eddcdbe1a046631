import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { streamFeed } from './byte-feed.ts'
import { createCsvRows } from './csv-rows.ts'
import { createNdjsonSource } from './ndjson-source.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-window-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const signature = {
  version: 1 as const,
  task: 'regression' as const,
  inputs: [],
  target: { name: 'y', sourceType: 'DOUBLE' },
}

/** The same line again and again. */
async function* lines(line: string, count: number): AsyncGenerator<Buffer> {
  const block = Buffer.from(line.repeat(Math.min(count, 1000)))
  for (let left = count; left > 0; left -= 1000) {
    yield left >= 1000 ? block : block.subarray(0, left * line.length)
  }
}

async function readCsv(line: string, count: number): Promise<{ rows: number; bytes: number; held: number }> {
  const rows = createCsvRows(
    streamFeed(lines(line, count), async () => {}),
    'rows.csv',
  )
  await rows.begin()
  let [found, held] = [0, 0]
  for (;;) {
    const cut = await rows.next()
    if (cut.rows === 0) return { rows: found, bytes: cut.consumed, held }
    found += cut.rows
    held = Math.max(held, cut.bytes.length)
  }
}

// A chunk seldom ends where the window does: what is held must not grow each time that it does not.
describe('what is held of rows of text', () => {
  it('is no more of a long file of CSV than of a short one', async () => {
    const line = `${'123.25,'.repeat(15)}last\n`
    const long = await readCsv(line, 800_000)
    expect(long).toMatchObject({ rows: 800_000, bytes: 800_000 * line.length })
    expect(long.held).toBeLessThanOrEqual(4 << 20)
  })

  it('is a few times a chunk and the longest row', async () => {
    const line = `${'a'.repeat(5 << 20)},b\n`
    const wide = await readCsv(line, 40)
    expect(wide.rows).toBe(40)
    expect(wide.held).toBeLessThanOrEqual(32 << 20)
  })

  it('is no more of a long file of JSON lines than of a short one', async () => {
    const path = join(folder, 'long.ndjson')
    await writeFile(path, lines(`{"a":1.25,"b":"${'x'.repeat(90)}"}\n`, 300_000))
    const source = createNdjsonSource(path, { signature, everything: false })
    let [rows, held] = [0, 0]
    for await (const chunk of source.chunks(null)) {
      rows += chunk.rows
      held = Math.max(held, chunk.lines?.bytes.length ?? 0)
    }
    await source.close()
    expect(rows).toBe(300_000)
    expect(held).toBeLessThanOrEqual(4 << 20)
  })
})

it('megabytes of blank lines among JSON lines are not taken for their end', async () => {
  const path = join(folder, 'blank.ndjson')
  await writeFile(path, `{"a":1}\n${'\n'.repeat(5 << 20)}{"a":2}\n`)
  const source = createNdjsonSource(path, { signature, everything: true })
  const found: unknown[] = []
  for await (const chunk of source.chunks(null)) found.push(...Array.from(chunk.values[0] ?? []))
  await source.close()
  expect(found).toEqual([1, 2])
})

it('a row that never ends is refused, with what to do', async () => {
  await expect(readCsv('a'.repeat(1000), 300_000)).rejects.toThrow(
    'rows.csv has a row of over 256 MB, or a quote that is never closed.',
  )
})
