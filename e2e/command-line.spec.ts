import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from '@playwright/test'
import { type CommandResult, runSlipway } from './command-line.ts'

/** The road of the command line: one workspace, every command, in the order a user would need them. */
test.describe.configure({ mode: 'serial' })

let home: string
let workspace: string
let bundle: string
const run = (words: string[], cwd = workspace): Promise<CommandResult> =>
  runSlipway(words, { cwd, state: join(home, 'state') })

async function json(
  words: string[],
): Promise<{ result: CommandResult; value: Record<string, never> & never[] }> {
  const result = await run([...words, '--json'])
  return { result, value: JSON.parse(result.out) }
}

test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-cli-'))
  workspace = join(home, 'churn')
  bundle = join(home, 'bundles/churn-1')
})
test.afterAll(async () => {
  await run(['deactivate', 'churn'])
  await rm(home, { recursive: true, force: true })
})

test('init makes a workspace from a sample', async () => {
  const result = await run(['init', workspace, '--sample', 'churn'], home)
  expect(result).toMatchObject({ code: 0 })
  expect(await readFile(join(workspace, 'slipway.json'), 'utf8')).toContain('{}')
})

test('run trains and registers, and prints one JSON document', async () => {
  const { result, value } = await json(['run', 'churn.ipynb'])
  expect(result.err).toContain('✓ train')
  expect(result.code).toBe(0)
  expect(value).toMatchObject({ ok: true, models: [{ name: 'churn', version: 1, task: 'binary' }] })
  const [model] = (value as unknown as { models: { metrics: { auc: number } }[] }).models
  // scikit-learn's LogisticRegression reaches 0.845 on this data.
  expect(model?.metrics.auc).toBeGreaterThan(0.83)
})

test('models lists the catalog and shows one version whole', async () => {
  const list = await run(['models'])
  expect(list.out).toContain('churn:1')
  const { value } = await json(['models', 'churn:1'])
  expect(value).toMatchObject({
    record: { name: 'churn', version: 1, provenance: { notebook: 'churn.ipynb' } },
  })
})

test('package writes a bundle whose every check passes', async () => {
  const { result, value } = await json(['package', 'churn', '--out', bundle])
  expect(result.code, result.err).toBe(0)
  expect(value).toMatchObject({ ok: true, path: bundle })
  const report = value as unknown as { bytes: number; checks: { name: string; status: string }[] }
  expect(report.bytes).toBeLessThan(5e6)
  expect(report.checks.length).toBeGreaterThanOrEqual(6)
  // Not every system lets its users take the network away; everything else is always tested.
  const open = report.checks.filter((check) => check.status !== 'passed' && check.name !== 'Needs no network')
  expect(open).toEqual([])
  expect(report.checks.filter((check) => check.status === 'failed')).toEqual([])
})

test('packaging to a folder that is in use is refused and leaves it alone', async () => {
  const taken = join(home, 'taken')
  await mkdir(taken)
  await writeFile(join(taken, 'mine.txt'), 'mine')
  const result = await run(['package', 'churn', '--out', taken])
  expect(result.code).toBe(1)
  expect(result.err).toContain(taken)
  expect(await readFile(join(taken, 'mine.txt'), 'utf8')).toBe('mine')
})

test('package says where bundle and archive are, and that there is none where a gate fails', async () => {
  const gated = join(home, 'gated')
  const failed = await run(['package', 'churn:1', '--out', gated, '--gate', 'auc >= 1'])
  expect(failed.code).toBe(1)
  expect(failed.out).toMatch(/^Nothing was written\. .*gated {2}1 of \d+ checks failed: Gate auc >= 1 /)
  await expect(stat(gated)).rejects.toThrow('ENOENT')
  const packed = join(home, 'packed')
  const result = await run(['package', 'churn:1', '--out', packed, '--archive'])
  expect(result.code, result.err).toBe(0)
  expect(result.out.split('\n').slice(1)).toEqual([`${packed}.tar.gz`, ''])
})

test('verify replays the recorded rows', async () => {
  const { result, value } = await json(['verify', bundle])
  expect(result.code, result.err).toBe(0)
  expect(value).toMatchObject({ ok: true })
})

test('deploy starts an endpoint that answers', async () => {
  const { result, value } = await json(['deploy', bundle, '--name', 'churn'])
  expect(result.code, result.err).toBe(0)
  const { endpoint } = value as unknown as { endpoint: string }
  const examples = JSON.parse(await readFile(join(bundle, 'examples.json'), 'utf8'))
  const answer = await fetch(`${endpoint}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ data: examples.rows }),
  })
  const body = (await answer.json()) as { prediction: unknown[] }
  expect(body.prediction).toEqual(examples.predictions)
})

test('deployments lists it, and it comes back at the same endpoint', async () => {
  const before = (await json(['deployments'])).value as unknown as { endpoint: string; state: string }[]
  expect(before).toMatchObject([{ name: 'churn', state: 'ACTIVE' }])
  expect((await json(['deactivate', 'churn'])).value).toMatchObject({ state: 'INACTIVE' })
  await expect(fetch(`${before[0]?.endpoint}/ping`)).rejects.toThrow()
  expect((await json(['activate', 'churn'])).value).toMatchObject({
    state: 'ACTIVE',
    endpoint: before[0]?.endpoint,
  })
})

test('score writes the same predictions as the endpoint, in every format', async () => {
  const examples = JSON.parse(await readFile(join(bundle, 'examples.json'), 'utf8'))
  const input = join(home, 'rows.ndjson')
  await writeFile(input, examples.rows.map((row: unknown) => JSON.stringify(row)).join('\n'))
  for (const extension of ['ndjson', 'csv', 'parquet']) {
    const output = join(home, `scored.${extension}`)
    const result = await run(['score', bundle, input, output])
    expect(result.code, result.err).toBe(0)
  }
  const lines = (await readFile(join(home, 'scored.ndjson'), 'utf8')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).prediction)).toEqual(examples.predictions)
  const database = await (await DuckDBInstance.create(':memory:')).connect()
  const parquet = join(home, 'rows.parquet')
  await database.run(`copy (from '${input}') to '${parquet}'`)
  const again = await run(['score', bundle, parquet, join(home, 'again.ndjson')])
  expect(again.code, again.err).toBe(0)
  const written = await database.runAndReadAll(`select prediction from '${join(home, 'scored.parquet')}'`)
  expect(written.getColumnsJS()[0]).toEqual(examples.predictions)
  database.closeSync()
  const repeated = (await readFile(join(home, 'again.ndjson'), 'utf8')).trim().split('\n')
  expect(repeated.map((line) => JSON.parse(line).prediction)).toEqual(examples.predictions)
})

test('monitor pulls and prints the state', async () => {
  const [deployment] = (await json(['deployments'])).value as unknown as { endpoint: string }[]
  const { result, value } = await json(['monitor', deployment?.endpoint ?? ''])
  expect(result.code, result.err).toBe(0)
  const [state] = value as unknown as { totals: { rows: number }; drift: unknown[] }[]
  expect(state?.drift.length).toBeGreaterThan(10)
})

test('a flipped byte is named and refused', async () => {
  await appendFile(join(bundle, 'features.json'), ' ')
  const { result, value } = await json(['verify', bundle])
  expect(result.code).toBe(1)
  expect(value).toMatchObject({ ok: false })
  expect(JSON.stringify(value)).toContain('features.json')
  const deployed = await run(['deploy', bundle, '--name', 'broken'])
  expect(deployed.code).toBe(1)
  expect(deployed.err).toContain('features.json')
})

test('what is wrong is named, with the way out, and the exit code says which kind', async () => {
  const missing = await run(['run', 'nothing.ipynb'])
  expect(missing).toMatchObject({ code: 1 })
  expect(missing.err).toContain('There is no notebook')
  await writeFile(join(workspace, 'broken.ipynb'), '{"cells": [')
  const broken = await run(['run', 'broken.ipynb'])
  expect(broken).toMatchObject({ code: 1 })
  expect(broken.err).toContain('broken.ipynb')
  const unknown = await run(['models', 'price'])
  expect(unknown).toMatchObject({ code: 1 })
  expect(unknown.err).toContain('There is no model "price"')
  expect(await run(['package', 'churn'])).toMatchObject({ code: 2 })
  expect(await run(['fly'])).toMatchObject({ code: 2 })
  expect(await run(['models', '--nonsense'])).toMatchObject({ code: 2 })
})

test('a port in use is named', async () => {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const result = await run(['serve', workspace, '--no-open', '--port', String(port)])
  server.close()
  expect(result).toMatchObject({ code: 1 })
  expect(result.err).toContain(`Port ${port}`)
})
