/** Catches a form of files that a bundle without DuckDB cannot score, or scores otherwise than one that has it. */
import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadedModel, loadModel } from '../bundle/load-model.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'
import { readScored } from '../verify/read-scored.ts'
import { recordedArrow, recordedCsv } from '../verify/replay-tables.ts'
import { type DuckDbSession, openDuckDb } from './duckdb-session.ts'

const run = promisify(execFile)
let bundle: WrittenBundle
let model: LoadedModel
let session: DuckDbSession
const at = (name: string) => join(bundle.folder, name)
beforeAll(async () => {
  bundle = await writeBundle('multiclass', { withServer: true })
  model = await loadModel(bundle.folder)
  session = await openDuckDb(':memory:', 'the test')
  const rows = bundle.sample.rows.map((row, id) => `${JSON.stringify({ id, ...row })}\n`)
  await writeFile(at('in.ndjson'), rows.join(''))
  await writeFile(at('in.csv'), recordedCsv(model))
  await writeFile(at('in.duckdb'), '')
  await writeFile(at('in.arrow'), recordedArrow(model, 'file'))
  const types = `{id: 'BIGINT', tenure: 'INTEGER', charges: 'DOUBLE', contract: 'VARCHAR', payment: 'VARCHAR', partner: 'BOOLEAN'}`
  await session.run(`create table t as select *, timestamp '2026-01-01' + interval (id) minute as at,
    (id / 4)::decimal(9,2) as price from read_json('${at('in.ndjson')}', columns = ${types})`)
  await session.run(`copy t to '${at('in.parquet')}' (format parquet)`)
  await session.run(
    `copy (select *, [id, null] as list from t) to '${at('nested.parquet')}' (format parquet)`,
  )
  await session.run(`copy (select * replace (case when id % 4 = 1 then null else tenure end as tenure) from
    (select *, [id, null] as list from t)) to '${at('bad.parquet')}' (format parquet)`)
})
afterAll(async () => {
  session.close()
  await bundle.remove()
  await rm(bundle.folder, { recursive: true, force: true })
})

/** The bundle's own `score` on nothing but Node: neither is DuckDB lent, nor are there modules to find. */
async function score(from: string, to: string): Promise<{ rows: number; bad: number }> {
  const { stdout } = await run(process.execPath, ['server.mjs', 'score', from, to, '--json'], {
    cwd: bundle.folder,
    env: {},
  })
  return JSON.parse(stdout)
}

describe('a bundle without DuckDB', () => {
  it.each([
    ['csv', ['parquet']],
    ['ndjson', ['parquet']],
    ['arrow', ['parquet']],
    ['parquet', ['csv', 'ndjson', 'arrow', 'arrows', 'parquet']],
  ])('scores %s into %s as recorded', async (form, outputs) => {
    const { predictions, probabilities } = bundle.sample
    for (const to of outputs) {
      const output = `from-${form}.${to}`
      expect(await score(`in.${form}`, output)).toMatchObject({ rows: predictions.length, bad: 0 })
      const found = await readScored(at(output))
      expect(found.map((row) => Number(row.prediction))).toEqual(predictions)
      expect(found.map((row) => Number(row.probability_2))).toEqual(probabilities?.map((row) => row[1]))
      expect(found.map((row) => Number(row.tenure))).toEqual(bundle.sample.rows.map(({ tenure }) => tenure))
    }
  })

  it('passes values of Parquet through as text, dates and decimals to their last digit', async () => {
    await score('in.parquet', 'passed.csv')
    const [, , third] = await readScored(at('passed.csv'))
    expect(third).toMatchObject({ id: '2', at: '2026-01-01 00:02:00', price: '0.50' })
  })

  it('passes nested columns from Parquet into Parquet, and refuses them elsewhere by their name', async () => {
    await score('nested.parquet', 'nested-out.parquet')
    expect(await session.rows(`select list from '${at('nested-out.parquet')}' limit 1 offset 3`)).toEqual([
      { list: [3n, null] },
    ])
    const failed = await score('nested.parquet', 'nested.csv').catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'Column "list" of nested.parquet is nested: that needs DuckDB, which this bundle does not carry. Leave the column out, name an output .parquet',
      ),
    })
  })

  it('takes rows that do not fit out of Parquet, and puts them aside without their nested columns', async () => {
    const bad = bundle.sample.rows.filter((_, i) => i % 4 === 1).length
    expect(await score('bad.parquet', 'good.parquet')).toMatchObject({ bad })
    const left = await session.rows(
      `select id::int as id, list[1]::int as first, prediction::int as p from '${at('good.parquet')}'`,
    )
    expect(left).toEqual(
      bundle.sample.predictions.flatMap((p, id) => (id % 4 === 1 ? [] : { id, first: id, p: Number(p) })),
    )
    const [aside = ''] = (await readFile(at('good.parquet.bad.ndjson'), 'utf8')).split('\n')
    const { data, row } = JSON.parse(aside)
    expect([row, data]).toEqual([
      2,
      { id: 1, ...bundle.sample.rows[1], tenure: null, at: '2026-01-01 00:01:00', price: 0.25 },
    ])
  })

  it('says that tables of DuckDB need it', async () => {
    for (const [from, to] of [
      ['in.csv', 'duckdb:out.duckdb#t'],
      ['duckdb:in.duckdb#t', 'out.csv'],
      ['in.parquet', 'duckdb:out.duckdb#t'],
    ] as const) {
      const failed = await score(from, to).catch((error: unknown) => error)
      expect(failed).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /^Tables of DuckDB need DuckDB, which this bundle does not carry\. Use `slipway score`/,
        ),
      })
    }
  })
})
