/** Catches a resumed run that loses, repeats or reorders rows, or writes other bytes than an unbroken one. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadedModel, loadModel } from '../bundle/load-model.ts'
import { csvCell } from '../rows/csv.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'
import { readScored } from '../verify/read-scored.ts'
import { openDuckDb } from './duckdb-session.ts'
import { scoreFile } from './score-file.ts'

let bundle: WrittenBundle
let model: LoadedModel
let folder: string
const rows = 26_000
beforeAll(async () => {
  bundle = await writeBundle('binary')
  model = await loadModel(bundle.folder)
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-resume-'))
  const names = ['tenure', 'charges', 'contract', 'payment', 'partner']
  const recorded = bundle.sample.rows.map((row) =>
    names.map((name) => csvCell(String(row[name] ?? ''))).join(','),
  )
  // One row in a thousand is bad, so that the side file is continued as well.
  const lines = Array.from({ length: rows }, (_, i) =>
    i % 1000 === 7 ? `${i},x,1,One year,001,1` : `${i},${recorded[i % recorded.length]}`,
  )
  await writeFile(join(folder, 'in.csv'), `id,${names.join(',')}\n${lines.join('\n')}\n`)
  const session = await openDuckDb(':memory:', 'the test')
  await session.run(`copy (select * replace (try_cast(tenure as integer) as tenure, try_cast(partner as boolean) as partner)
    from read_csv('${join(folder, 'in.csv')}', types = {id: 'INTEGER', tenure: 'VARCHAR', charges: 'DOUBLE', payment: 'VARCHAR',
      partner: 'VARCHAR'})) to '${join(folder, 'in.parquet')}' (format parquet)`)
  session.close()
})
afterAll(async () => {
  await bundle.remove()
  await rm(folder, { recursive: true, force: true })
})

/** Scores in a process of its own that ends itself as a power cut would, in the middle of its third chunk. */
async function killed(input: string, output: string): Promise<NodeJS.Signals | null> {
  const program = `
    const { loadModel } = await import(${JSON.stringify(join(import.meta.dirname, '../bundle/load-model.ts'))})
    const { scoreFile } = await import(${JSON.stringify(join(import.meta.dirname, 'score-file.ts'))})
    let chunks = 0
    await scoreFile(await loadModel(${JSON.stringify(bundle.folder)}), ${JSON.stringify(input)}, ${JSON.stringify(output)}, {
      commitChunks: 1,
      progress: { update() { if (++chunks === 4) process.kill(process.pid, 'SIGKILL') }, done() {} },
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return await new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
}

describe('a run that was killed', () => {
  it.each([
    ['in.csv', 'out.csv'],
    ['in.csv', 'out.ndjson'],
    ['in.csv', 'out.arrow'],
    ['in.csv', 'out.arrows'],
    ['in.csv', 'out.parquet'],
    // A row group is longer than the runs between commits.
    ['in.parquet', 'of-pages.csv'],
  ])('continues %s into %s to the bytes of an unbroken run', async (from, name) => {
    const input = join(folder, from)
    const whole = join(folder, `whole-${name}`)
    const output = join(folder, name)
    await scoreFile(model, input, whole, { commitChunks: 1 })
    expect(await killed(input, output)).toBe('SIGKILL')
    expect(existsSync(output)).toBe(false)
    const summary = await scoreFile(model, input, output, { commitChunks: 1, resume: true })
    expect(summary).toMatchObject({ rows: rows - 26, bad: 26 })
    expect(summary.resumed).toBeGreaterThan(10_000)
    expect((await readFile(output)).equals(await readFile(whole))).toBe(true)
    const aside = await readFile(`${output}.bad.ndjson`)
    expect(aside.equals(await readFile(`${whole}.bad.ndjson`))).toBe(true)
  })

  it('continues a DuckDB table, whose rows nobody saw before the end', async () => {
    const input = join(folder, 'in.csv')
    const output = `duckdb:${join(folder, 'out.duckdb')}#scored`
    expect(await killed(input, output)).toBe('SIGKILL')
    await expect(readScored(output)).rejects.toThrow('scored')
    const summary = await scoreFile(model, input, output, { commitChunks: 1, resume: true })
    expect(summary.resumed).toBeGreaterThan(10_000)
    const found = (await readScored(output)).map((row) => Number(row.id))
    expect(found).toEqual(Array.from({ length: rows }, (_, i) => i).filter((i) => i % 1000 !== 7))
  })

  it('is not continued with another input', async () => {
    const input = join(folder, 'in.csv')
    const output = join(folder, 'other.csv')
    expect(await killed(input, output)).toBe('SIGKILL')
    await writeFile(join(folder, 'in2.csv'), await readFile(input))
    await expect(scoreFile(model, join(folder, 'in2.csv'), output, { resume: true })).rejects.toThrow(
      'another model, input',
    )
    // Without --resume it begins anew.
    expect(await scoreFile(model, input, output)).toMatchObject({ rows: rows - 26, resumed: 0 })
  })

  it.each([
    ['its file', 'csv'],
    // Of the database that is written into only that can tell.
    ['its number of rows', 'duckdb'],
  ])(
    'is not continued from a DuckDB table that %s tells was changed, and is from one that was not',
    async (_, to) => {
      const file = join(folder, `into-${to}.duckdb`)
      const change = async (sql: string) => {
        const session = await openDuckDb(file, file)
        await session.run(sql).finally(() => session.close())
      }
      const types = `{id: 'VARCHAR', tenure: 'INTEGER', payment: 'VARCHAR', partner: 'BOOLEAN'}`
      await change(
        `create table customers as from read_csv('${join(folder, 'in.csv')}', types = ${types}, ignore_errors = true)`,
      )
      const input = `duckdb:${file}#customers`
      const output = to === 'csv' ? join(folder, 'of-table.csv') : `duckdb:${file}#scored`
      const breakOff = async () => {
        let chunks = 0
        const progress = {
          update() {
            if (++chunks === 3) throw new Error('the machine stopped')
          },
          done() {},
        }
        const broken = scoreFile(model, input, output, { commitChunks: 1, progress })
        await expect(broken).rejects.toThrow('the machine stopped')
      }
      const resumed = () => scoreFile(model, input, output, { commitChunks: 1, resume: true })
      await breakOff()
      await change(`insert into customers (id) values ('more')`)
      await expect(resumed()).rejects.toThrow('or the input was changed since')
      await change(`delete from customers where id = 'more'`)
      if (to === 'csv') await breakOff()
      expect((await resumed()).resumed).toBeGreaterThan(0)
    },
  )
})
