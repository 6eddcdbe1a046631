/** Catches Parquet output that lost a value, a type or a row of the input, or that other readers would read otherwise. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadedModel, loadModel } from '../bundle/load-model.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'
import { type DuckDbSession, openDuckDb } from './duckdb-session.ts'
import { readParquetLayout } from './parquet/layout.ts'
import { createProgress } from './progress.ts'
import { type ScoreOptions, scoreFile } from './score-file.ts'

const run = promisify(execFile)
const tasks = ['binary', 'multiclass', 'regression'] as const
type Task = (typeof tasks)[number]
const bundles = new Map<Task, { bundle: WrittenBundle; model: LoadedModel }>()
let folder: string
let session: DuckDbSession
const rows = 9_000
const at = (name: string) => join(folder, name)
const of = (task: Task) => bundles.get(task) ?? expect.unreachable()

beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-copied-'))
  session = await openDuckDb(':memory:', 'the test')
  for (const task of tasks) {
    const bundle = await writeBundle(task)
    bundles.set(task, { bundle, model: await loadModel(bundle.folder) })
  }
})
afterAll(async () => {
  session.close()
  for (const { bundle } of bundles.values()) await bundle.remove()
  await rm(folder, { recursive: true, force: true })
})

/** The recorded rows again and again, with columns of many types beside them, in row groups of 2,048 rows. */
async function input(task: Task, name: string, charges = 'r.charges'): Promise<string> {
  const recorded = of(task)
    .bundle.sample.rows.map((row) => JSON.stringify(row))
    .join('\n')
  const source = at(`${name}.ndjson`)
  await writeFile(source, recorded)
  const types = `{tenure: 'INTEGER', charges: 'DOUBLE', contract: 'VARCHAR', payment: 'VARCHAR', partner: 'BOOLEAN'}`
  await session.run(`copy (
    select i::bigint as id, r.tenure, ${charges} as charges, r.contract, r.payment, r.partner,
      date '2020-01-01' + i::int as day, timestamp '2020-01-01' + interval (i) second as time,
      (i * 1.25)::decimal(12,2) as amount, [i, null] as list, {a: i, b: 'x' || i} as pair, ('\\x00' || i)::blob as raw,
      case when i % 3 = 0 then null else i end as gaps, uuid() as key
    from range(${rows}) t(i) join (select *, row_number() over () - 1 as n, count(*) over () as c
      from read_json('${source}', columns = ${types})) r on i % r.c = r.n order by i
  ) to '${at(name)}' (format parquet, row_group_size 2048)`)
  return at(name)
}

const score = (task: Task, from: string, to: string, options: ScoreOptions = {}) =>
  scoreFile(of(task).model, from, at(to), { commitChunks: 1, ...options })

describe('Parquet into Parquet', () => {
  it.each(tasks)('keeps every column and its type, and adds the predictions of a %s model', async (task) => {
    const { predictions, probabilities } = of(task).bundle.sample
    const from = await input(task, `${task}.parquet`)
    expect(await score(task, from, `${task}-out.parquet`)).toMatchObject({ rows, bad: 0 })
    const out = at(`${task}-out.parquet`)
    const describe = (file: string) =>
      session.rows(`select column_name, column_type from (describe from '${file}')`)
    const before = await describe(from)
    const after = await describe(out)
    expect(after.slice(0, before.length)).toEqual(before)
    const classes = of(task).model.signature.target.classes ?? []
    expect(after.slice(before.length).map(({ column_name }) => column_name)).toEqual([
      'prediction',
      ...classes.map((label) => `probability_${label}`),
    ])
    const names = classes.map((label) => `"probability_${label}"`).join(', ')
    const own = before.map(({ column_name }) => `"${column_name}"`).join(', ')
    const passed = (file: string) => `select row_number() over (), ${own} from '${file}'`
    expect(await session.rows(`${passed(from)} except all ${passed(out)}`)).toEqual([])
    const [counted] = await session.rows(`select count(*)::int as n from '${out}'`)
    expect(counted).toEqual({ n: rows })
    const scored = await session.rows(
      `select prediction, [${names}]::double[] as s from '${out}' order by id limit 40`,
    )
    expect(
      scored.map(({ prediction }) => (typeof prediction === 'bigint' ? Number(prediction) : prediction)),
    ).toEqual(predictions)
    if (probabilities) expect(scored.map(({ s }) => s)).toEqual(probabilities)
  })

  it('leaves out the rows that do not fit, and only those', async () => {
    const from = await input(
      'binary',
      'bad.parquet',
      "case when i % 1000 = 7 then 'inf'::double else r.charges end",
    )
    expect(await score('binary', from, 'good.parquet')).toMatchObject({ rows: rows - 9, bad: 9 })
    const [left] = await session.rows(
      `select count(*)::int as n, count(distinct id)::int as ids, bool_or(id % 1000 = 7) as odd, any_value(columns(*) is null) from '${at('good.parquet')}'`,
    )
    expect(left).toMatchObject({ n: rows - 9, ids: rows - 9, odd: false })
    const columns = await session.rows(`describe from '${at('good.parquet')}'`)
    expect(columns.map(({ column_name }) => column_name)).not.toContain('__slipway_kept')
    const aside = (await readFile(at('good.parquet.bad.ndjson'), 'utf8')).trim().split('\n')
    expect(aside.map((line) => JSON.parse(line).row)).toEqual(
      Array.from({ length: 9 }, (_, i) => i * 1000 + 8),
    )
    expect(JSON.parse(aside[0] ?? '')).toMatchObject({
      reason: 'column "charges": expected a finite number or null, found the number Infinity',
      data: { id: 7, charges: 'Infinity', pair: { a: 7, b: 'x7' } },
    })
  })

  it.each([
    ['only some columns can be read from pages', 'r.charges::decimal(12,2)', 'parquet_version v1'],
    ['pages are of the second form', 'r.charges', 'parquet_version v2'],
    ['pages are compressed by Zstandard', 'r.charges', 'compression zstd'],
    ['numbers are written as they are', 'r.charges', 'dictionary_size_limit 0'],
  ])('predicts the same where %s', async (title, charges, options) => {
    const name = `${title.replaceAll(' ', '-')}.parquet`
    const plain = await input(
      'regression',
      `plain-${name}`,
      'case when i % 11 = 3 then null else r.charges::decimal(12,2)::double end',
    )
    await session.run(`copy (select * replace (${charges.replace('r.', '')} as charges) from '${plain}')
      to '${at(name)}' (format parquet, row_group_size 4096, ${options})`)
    await score('regression', plain, `from-plain-${name}`)
    await score('regression', at(name), `from-${name}`, { threads: 2 })
    const numbers = async (file: string) =>
      (await session.rows(`select prediction from '${at(file)}' order by id`)).map(
        ({ prediction }) => prediction,
      )
    expect(await numbers(`from-${name}`)).toEqual(await numbers(`from-plain-${name}`))
  })

  it('refuses a damaged file by its name and row group', async () => {
    const from = await input('regression', 'damaged.parquet')
    const bytes = await readFile(from)
    // Behind `id`, which is not the model's.
    const { start } = (await readParquetLayout(from))?.groups[1]?.chunks[1] ?? expect.unreachable()
    bytes.fill(0xff, start, start + 40)
    await writeFile(from, bytes)
    const failed = score('regression', from, 'never.parquet')
    await expect(failed).rejects.toThrow(/damaged\.parquet, row group 2, is damaged: .+\.$/)
  })

  it('continues where a row group ended to the bytes of an unbroken run, on any number of threads', async () => {
    const from = await input('multiclass', 'resumed.parquet')
    await score('multiclass', from, 'whole.parquet', { threads: 1 })
    const stopped = new AbortController()
    const progress = createProgress({ write() {}, interactive: false, now: () => 0 })
    let updates = 0
    const counting = { ...progress, update: () => void (++updates === 4 && stopped.abort()) }
    const { signal } = stopped
    await expect(score('multiclass', from, 'again.parquet', { signal, progress: counting })).rejects.toThrow(
      'Scoring was stopped after 6144 rows.',
    )
    const summary = await score('multiclass', from, 'again.parquet', { resume: true, threads: 3 })
    expect(summary).toMatchObject({ rows, resumed: 6144 })
    expect((await readFile(at('again.parquet'))).equals(await readFile(at('whole.parquet')))).toBe(true)
  })

  it('needs no more memory for five times the rows', async () => {
    // The first is longer than a row group, which is held whole.
    const counts = [200_000, 1_000_000]
    const files = counts.map((count) => at(`narrow-${count}.parquet`))
    for (const [i, file] of files.entries()) {
      await session.run(`copy (select (i % 72)::int as tenure, (i % 997) / 10 as charges, 'One year' as contract,
        '001' as payment, i % 2 = 0 as partner from range(${counts[i]}) t(i)) to '${file}' (format parquet)`)
    }
    // What the collector could free is no part of what the run needs: it is asked for between chunks.
    const program = `
      const { loadModel } = await import(${JSON.stringify(join(import.meta.dirname, '../bundle/load-model.ts'))})
      const { scoreFile } = await import(${JSON.stringify(join(import.meta.dirname, 'score-file.ts'))})
      const model = await loadModel(${JSON.stringify(of('regression').bundle.folder)})
      let updates = 0
      const progress = { update: () => { if (++updates % 8 === 0) gc() }, done() {} }
      const runs = []
      for (const file of ${JSON.stringify(files)}) {
        const { rows } = await scoreFile(model, file, file + '.out.parquet', { threads: 1, progress })
        runs.push({ rows, peak: process.resourceUsage().maxRSS * 1024 })
      }
      process.stdout.write(JSON.stringify(runs))`
    await writeFile(at('narrow.mjs'), program)
    const { stdout } = await run(process.execPath, ['--expose-gc', at('narrow.mjs')])
    const [few, many] = JSON.parse(stdout)
    expect([few.rows, many.rows]).toEqual(counts)
    // Chunks that stayed would take 80 bytes a row as they are read and scored: 64 MB more.
    expect(many.peak - few.peak).toBeLessThan(35e6)
  }, 60_000)
})
