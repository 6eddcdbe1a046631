/** Catches rows that threads reorder, lose or score otherwise, and a run that hangs when one of them ends. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadedModel, loadModel } from '../bundle/load-model.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'
import { openDuckDb } from './duckdb-session.ts'
import { scoreFile } from './score-file.ts'
import { scoreInOrder } from './score-in-order.ts'
import { startScoringThreads } from './scoring-threads.ts'
import { createNdjsonSource } from './sources/ndjson-source.ts'

let bundle: WrittenBundle
let model: LoadedModel
let folder: string
const rows = 60_000
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  bundle = await writeBundle('multiclass')
  model = await loadModel(bundle.folder)
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-threads-'))
  const recorded = bundle.sample.rows
  const lines = Array.from({ length: rows }, (_, i) => {
    const row = { id: i, note: 'ü'.repeat(i % 7), ...recorded[i % recorded.length] }
    return JSON.stringify(
      i % 997 === 5 ? { ...row, tenure: 'x' } : i % 4001 === 9 ? { ...row, charges: 1e300 } : row,
    )
  })
  await writeFile(at('in.ndjson'), `${lines.join('\n')}\n`)
  const session = await openDuckDb(':memory:', 'the test')
  await session.run(`copy (select * replace (try_cast(tenure as integer) as tenure) from read_json('${at('in.ndjson')}',
    columns = {id: 'BIGINT', note: 'VARCHAR', tenure: 'VARCHAR', charges: 'DOUBLE', contract: 'VARCHAR', payment: 'VARCHAR',
      partner: 'BOOLEAN'})) to '${at('in.parquet')}' (format parquet, row_group_size 20480)`)
  session.close()
})
afterAll(async () => {
  await bundle.remove()
  await rm(folder, { recursive: true, force: true })
})

describe('scoring on several threads', () => {
  it.each([
    ['ndjson', 'ndjson'],
    ['ndjson', 'csv'],
    ['ndjson', 'parquet'],
    ['parquet', 'csv'],
    ['parquet', 'parquet'],
  ])('gives the bytes that one thread gives, of %s into %s', async (from, format) => {
    const one = await scoreFile(model, at(`in.${from}`), at(`one.${format}`), { threads: 1 })
    const four = await scoreFile(model, at(`in.${from}`), at(`four.${format}`), { threads: 4 })
    expect(one.bad).toBeGreaterThan(60)
    expect(one.rows + one.bad).toBe(rows)
    expect({ ...four, badRows: '' }).toEqual({ ...one, badRows: '' })
    for (const end of ['', '.bad.ndjson']) {
      const found = await readFile(at(`four.${format}${end}`))
      expect(found.equals(await readFile(at(`one.${format}${end}`)))).toBe(true)
    }
  })

  it('reads no further ahead than two chunks a thread, however slowly rows are taken', async () => {
    let chunks = 0
    let delivered = 0
    let furthest = 0
    async function* counted() {
      for (let pass = 0; pass < 2; pass++) {
        const source = createNdjsonSource(at('in.ndjson'), { signature: model.signature, everything: false })
        for await (const chunk of source.chunks(null)) {
          chunks++
          yield chunk
        }
        await source.close()
      }
    }
    await scoreInOrder(model, counted(), 2, async () => {
      await new Promise((later) => setTimeout(later, 20))
      furthest = Math.max(furthest, chunks - delivered)
      delivered++
    })
    expect([chunks > 10, delivered]).toEqual([true, chunks])
    // The one that is delivered counts as well.
    expect(furthest).toBe(5)
  })

  it('ends with a message when a thread does, whatever the others do', async () => {
    const source = createNdjsonSource(at('in.ndjson'), { signature: model.signature, everything: false })
    let delivered = 0
    const deadly = async () =>
      new Worker(
        `const { parentPort } = require('node:worker_threads')
         parentPort.on('message', () => process.exit(3))`,
        { eval: true },
      )
    const run = scoreInOrder(
      model,
      source.chunks(null),
      2,
      async () => {
        delivered++
      },
      (of, size) => startScoringThreads(of, size, deadly),
    )
    await expect(run).rejects.toMatchObject({
      message: 'A scoring thread ended in the middle of the run: it left with code 3.',
      whatToDo: expect.stringContaining('--resume'),
    })
    // Those before were scored by this thread.
    expect(delivered).toBe(3)
    await source.close()
  })
})
