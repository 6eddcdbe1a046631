import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { z } from 'zod'
import { middle } from './setting/press.ts'
import { machineSetting } from './setting/start-program.ts'
import { modelKinds, type ServedKind, telcoBundles, telcoFile } from './setting/telco-bundles.ts'

/**
 * Batch scoring beside a scikit-learn pipeline (pandas, ColumnTransformer, model) on the same Parquet file, two threads
 * each: million rows a minute, processor time and peak memory, and the ratios by both. Then every format of Slipway's,
 * and a quarter of the rows, from which the peak memory must not differ much. Some four minutes with the defaults.
 *
 *     node bench/batch.ts [million rows]
 *
 * with `$SLIPWAY_PYTHON` naming a Python that has scikit-learn, pandas and pyarrow.
 */
const millions = Number(process.argv[2] ?? 2)
const repeats = Number(process.env.BENCH_REPEATS ?? 3)
const python = process.env.SLIPWAY_PYTHON ?? 'python3'
const run = promisify(execFile)

const timeSchema = z.object({
  rows: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakBytes: z.number(),
})
type Timed = z.infer<typeof timeSchema>

/** DuckDB is lent to the bundle, as `slipway score` lends it. */
const duckDb = createRequire(import.meta.url).resolve(
  `@duckdb/node-bindings-${process.platform}-${process.arch}/duckdb.node`,
)

async function ours(bundle: string, input: string, output: string): Promise<Timed> {
  const words = [join(bundle, 'server.mjs'), 'score', input, output, '--json']
  const { stdout } = await run(process.execPath, words, { env: { SLIPWAY_DUCKDB: duckDb } })
  return timeSchema.parse(JSON.parse(stdout))
}

async function sklearn(kind: ServedKind, input: string, output: string): Promise<Timed> {
  const script = join(import.meta.dirname, 'peers', 'time-batch.py')
  const { stdout } = await run(python, [script, telcoFile, kind, input, output, '2'], { maxBuffer: 2 ** 26 })
  return timeSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
}

const perMinute = ({ rows, seconds }: Timed) => (rows / seconds) * 60e-6
const cells = (values: readonly string[]) => process.stdout.write(`| ${values.join(' | ')} |\n`)
const tell = (title: string, runs: readonly Timed[]) => {
  const memory = Math.max(...runs.map(({ peakBytes }) => peakBytes)) / 1e6
  const speeds = runs.map(perMinute)
  cells([
    title,
    middle(speeds).toFixed(1),
    `${Math.min(...speeds).toFixed(1)} to ${Math.max(...speeds).toFixed(1)}`,
    `${middle(runs.map(({ cpuSeconds, rows }) => (cpuSeconds / rows) * 1e6)).toFixed(2)} µs`,
    `${memory.toFixed(0)} MB`,
  ])
  const processor = middle(runs.map(({ cpuSeconds, rows }) => cpuSeconds / rows))
  return { speed: middle(speeds), processor }
}
const head = () => {
  cells(['', 'million rows a minute', 'from to', 'processor time a row', 'peak memory'])
  cells(['---', '---', '---', '---', '---'])
}

const folder = await mkdtemp(join(tmpdir(), 'slipway-batch-'))
try {
  process.stdout.write(`${await machineSetting()}\n`)
  const bundles = await telcoBundles(join(folder, 'workspace'))
  const at = (name: string) => join(folder, name)
  const connection = await (await DuckDBInstance.create()).connect()
  const copies = (share: number) =>
    `(select t.* exclude (churn) from '${telcoFile}' t, range(${Math.ceil((millions * 1e6 * share) / 7043)}))`
  await connection.run(`copy ${copies(1)} to '${at('rows.parquet')}'`)
  await connection.run(`copy ${copies(0.25)} to '${at('quarter.parquet')}'`)
  await connection.run(`copy ${copies(0.25)} to '${at('quarter.csv')}'`)
  connection.closeSync()
  process.stdout.write(`rows.parquet ${((await stat(at('rows.parquet'))).size / 1e6).toFixed(1)} MB\n\n`)

  for (const kind of modelKinds) {
    process.stdout.write(`${kind}\n\n`)
    const own: Timed[] = []
    const peer: Timed[] = []
    for (let i = 0; i < repeats; i++) {
      own.push(await ours(bundles[kind].folder, at('rows.parquet'), at('own.parquet')))
      peer.push(await sklearn(kind, at('rows.parquet'), at('peer.parquet')))
    }
    head()
    const [mine, theirs] = [tell('Slipway', own), tell('scikit-learn', peer)]
    const byClock = (mine.speed / theirs.speed).toFixed(1)
    const byProcessor = (theirs.processor / mine.processor).toFixed(1)
    process.stdout.write(`\nratio by the clock ${byClock}, by processor time ${byProcessor}\n\n`)
  }
  head()
  for (const [input, output] of [
    ['quarter.parquet', 'out.parquet'],
    ['rows.parquet', 'out.parquet'],
    ['quarter.csv', 'out.csv'],
    ['quarter.csv', 'out.ndjson'],
    ['quarter.parquet', 'out.csv'],
    ['quarter.parquet', 'out.arrow'],
    ['quarter.csv', 'out2.parquet'],
  ] as const) {
    tell(`${input} → ${output}`, [await ours(bundles.logistic.folder, at(input), at(output))])
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
