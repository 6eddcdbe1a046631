/** From SQL between serving input and model to a bundle that answers as training did, alone on DuckDB of its own. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { endChild } from '../../serving/testing/end-child.ts'
import type { Target } from '../../shared/bundle/manifest.ts'
import { openTrainingBench, type TrainingBench } from '../training/testing/training-bench.ts'
import { hostTarget } from './read-bundle.ts'
import { nativeTargetSchema } from './runtimes/locked.ts'
import { createRuntimes, type Runtimes } from './runtimes/runtimes.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

const locked = join(import.meta.dirname, '../../resources/runtimes/locked.json')

/** The runtimes of this installation, and for another platform files that cannot run here. */
async function runtimesOfTwoPlatforms(foreign: Target): Promise<Runtimes> {
  const cacheFolder = await mkdtemp(join(os.tmpdir(), 'slipway-runtimes-'))
  const own = createRuntimes({ lockFile: locked, cacheFolder })
  const other = join(cacheFolder, 'other')
  await writeFile(other, 'a program for another platform')
  const sha256 = createHash('sha256').update('a program for another platform').digest('hex')
  return {
    nodeVersion: own.nodeVersion,
    async packages(target, parts, options) {
      const packages = await own.packages(nativeTargetSchema.parse(hostTarget()), parts, options)
      if (target !== foreign) return packages
      return packages.map((one) => ({
        ...one,
        files: one.files.map((file) => ({ ...file, source: other, bytes: 30, sha256 })),
      }))
    },
  }
}

const foreign = hostTarget() === 'linux-arm64' ? 'darwin-arm64' : 'linux-arm64'

let workspace: SampleWorkspace
let bench: TrainingBench
let folder: string
let endpoint: string
let server: ReturnType<typeof spawn>

beforeAll(async () => {
  workspace = await sampleWorkspace({ runtimes: await runtimesOfTwoPlatforms(foreign) })
  bench = await openTrainingBench()
  await bench.sql(`create table regions as select * from (values (0, 1.25), (1, 2.5)) t(region, rate)`)
  await bench.sql(`create view v as
    select round(tenure / (region + 1), 3) as ratio, upper(plan) as plan, rate, spend,
      tenure - avg(tenure) over () as centred, month(joined) as month
    from customers left join regions using (region) where vip or not vip`)
  const trained = await bench.train({
    from: 'v',
    target: 'spend',
    servingInput: 'customers',
    freeze: ['avg(tenure) over ()'],
    model: { kind: 'gbdt', trees: 20, maxDepth: 3 },
    register: 'spend',
  })
  await workspace.catalog.register(trained)
  folder = join(workspace.folder, 'bundle')
}, 60_000)

afterAll(async () => {
  await endChild(server)
  await bench.close()
  await workspace.remove()
  if (folder) await rm(folder, { recursive: true, force: true })
})

it('is refused for any platform, and packaged for this one without being asked', async () => {
  const ref = { name: 'spend', version: 1 }
  await expect(workspace.bundles.package(ref, { out: folder, target: 'any' }, () => {})).rejects.toThrow(
    'spend version 1 has SQL transforms',
  )
  const report = await workspace.bundles.package(ref, { out: folder }, () => {})
  const failed = report.checks.filter((check) => check.status === 'failed')
  expect(failed).toEqual([])
  expect(report.checks.find((check) => check.name === 'SQL transforms row by row')?.detail).toMatch(
    /same to the bit/,
  )
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  expect(manifest.transforms.statistics[0].expression).toMatch(/avg\(tenure\) over \(\)/i)
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain('`transforms/01-v.sql` makes v')
  expect(manifest.runtime.target).toBe(`${process.platform}-${process.arch}`)
}, 120_000)

it('is checked with the runtime of this platform when it is for another, which is said', async () => {
  const ref = { name: 'spend', version: 1 }
  const out = join(workspace.folder, 'elsewhere')
  const report = await workspace.bundles.package(ref, { out, target: foreign }, () => {})
  expect(report.checks.filter((check) => check.status === 'failed')).toEqual([])
  const check = (name: string) => report.checks.find((one) => one.name === name)
  expect(check('Runs on its own Node')).toMatchObject({
    status: 'not-tested',
    detail: `it is for ${foreign}: the same files were checked with the runtime for ${hostTarget()}`,
  })
  expect(check('SQL transforms row by row')?.status).toBe('passed')
  expect(await readFile(join(out, 'runtime', 'duckdb.node'), 'utf8')).toBe('a program for another platform')
  expect(await readdir(workspace.folder)).not.toContainEqual(expect.stringMatching(/^\.elsewhere/))
  expect(await workspace.bundles.targets(ref)).not.toContain('any')
}, 120_000)

it('answers by HTTP, names rows that the SQL cannot take, and serves overlapping requests each their own', async () => {
  server = spawn(process.execPath, [join(folder, 'server.mjs'), 'serve', '--port', '0'], { env: {} })
  endpoint = await new Promise((found, failed) => {
    server.stdout?.on('data', (bytes) => {
      const ready = /ready (http:\S+)/.exec(String(bytes))
      if (ready?.[1]) found(ready[1])
    })
    server.once('exit', (code) => failed(new Error(`the server ended with ${code}`)))
  })
  const ask = async (rows: unknown[]) => {
    const response = await fetch(`${endpoint}/predict`, {
      method: 'POST',
      body: JSON.stringify({ data: rows }),
    })
    return { status: response.status, body: await response.json() }
  }
  const row = { tenure: 12, plan: 'year', vip: true, region: 1, joined: '2024-03-04 00:00:00' }
  expect((await ask([row])).status).toBe(200)
  expect((await ask([row, { ...row, joined: 'yesterday' }])).body.error).toMatchObject({
    code: 'invalid_rows',
    fields: [{ row: 1, found: expect.stringContaining('yesterday') }],
  })
  expect((await ask([{ ...row, region: 0.5 }])).body.error.fields).toMatchObject([
    { row: 0, column: 'region', expected: 'a whole number' },
  ])
  const left = await ask([row, { ...row, tenure: 13 }, { ...row, tenure: 14 }])
  const alone = await Promise.all([12, 13, 14].map((tenure) => ask([{ ...row, tenure }])))
  expect(alone.map(({ body }) => body.prediction[0])).toEqual(left.body.prediction)
}, 60_000)

it('scores a file to the numbers of HTTP, rows that the SQL cannot take aside', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({
    tenure: 3 * i,
    plan: i % 3 === 0 ? 'year' : 'month',
    vip: i % 2 === 0,
    region: i % 2,
    joined: `2024-0${1 + (i % 9)}-04 00:00:00`,
  }))
  const asked = await fetch(`${endpoint}/predict`, { method: 'POST', body: JSON.stringify({ data: rows }) })
  const { prediction } = await asked.json()
  expect(prediction).toHaveLength(20)
  const lines = [...rows.slice(0, 5), { ...rows[5], joined: 'yesterday' }, ...rows.slice(5)]
  const [input, output] = [join(workspace.folder, 'in.ndjson'), join(workspace.folder, 'out.ndjson')]
  await writeFile(input, lines.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const scorer = spawn(process.execPath, [join(folder, 'server.mjs'), 'score', input, output], { env: {} })
  expect(await new Promise((ended) => scorer.once('exit', ended))).toBe(0)
  const parsed = async (file: string) =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  expect((await parsed(output)).map((row) => row.prediction)).toEqual(prediction)
  expect((await parsed(`${output}.bad.ndjson`)).map(({ row }) => row)).toEqual([6])
}, 60_000)
