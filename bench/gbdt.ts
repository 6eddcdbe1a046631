import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { type GbdtRows, gbdtDefaults } from '../engine/training/gbdt/gbdt-parameters.ts'
import { trainGbdt } from '../engine/training/gbdt/train-gbdt.ts'
import { binaryMetrics } from '../shared/metrics/binary-metrics.ts'
import { regressionMetrics } from '../shared/metrics/regression-metrics.ts'
import { createGbdtScorer } from '../shared/models/gbdt/gbdt-scorer.ts'
import type { GbdtObjective } from '../shared/models/gbdt/tree-model.ts'
import { machineSetting } from './setting/start-program.ts'

/**
 * Training time and test metric of boosted trees beside Python's xgboost (`tree_method=hist`) and scikit-learn's
 * HistGradientBoosting: the same columns, split, rounds, depth and learning rate; times hold binning and training.
 *
 *     node bench/gbdt.ts [folder of the data] [all]
 *
 * with `$SLIPWAY_PYTHON` naming a Python that has the peers. `all` takes every row of the flights, not 500,000.
 */
const dataFolder = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'shared', 'data')
const flightRows = process.argv[3] === 'all' ? '' : 'using sample 500000 rows (reservoir, 7)'
const python = process.env.SLIPWAY_PYTHON ?? 'python3'
const repeats = Number(process.env.BENCH_REPEATS ?? 3)
const run = promisify(execFile)

interface Task {
  file: string
  objective: GbdtObjective
  sql: (from: string) => string
}

const telcoCategories = [
  'multiple_lines',
  'internet_service',
  'online_security',
  'online_backup',
  'device_protection',
  'tech_support',
  'streaming_tv',
  'streaming_movies',
  'contract',
  'payment_method',
]
/** Categories as numbers in the order of their names: the same for all. */
const code = (column: string) => `dense_rank() over (order by ${column}) as ${column}`

const tasks: Task[] = [
  {
    file: 'telco_churn.csv',
    objective: 'binary:logistic',
    sql: (from) =>
      `select * replace (${telcoCategories.map(code).join(', ')}, churn = 'Yes' as churn) from ${from}`,
  },
  {
    file: 'diamonds.csv',
    objective: 'reg:squarederror',
    sql: (from) =>
      `select price, * exclude (price) replace (${['cut', 'color', 'clarity'].map(code).join(', ')}) from ${from}`,
  },
  {
    file: 'flights_3m.parquet',
    objective: 'binary:logistic',
    sql: (from) =>
      `select delay > 15, month(date), dayofweek(date), hour(date) * 60 + minute(date), distance, ${code('origin')}, ${code('destination')} from (from ${from} ${flightRows})`,
  },
]

const flightsInstead = `(select timestamp '2001-01-01' + to_minutes((random() * 500000)::int) as date,
  (random() * random() * 60 - 5)::int as delay, (random() * 2500)::int as distance,
  (random() * 250)::int as origin, (random() * 250)::int as destination from range(3000000))`

/** The first column is the target. */
async function readTask(task: Task) {
  const path = join(dataFolder, task.file)
  const isThere = existsSync(path)
  if (!isThere && !task.file.startsWith('flights')) return null
  const connection = await (await DuckDBInstance.create()).connect()
  const from = isThere ? `'${path.replaceAll("'", "''")}'` : flightsInstead
  // One thread and an order by the rows' own hash: the same sample and split in every run.
  await connection.run('set threads to 1')
  const cast = `select columns(*)::float from (${task.sql(from)}) t order by hash(t)`
  const reader = await connection.streamAndReadAll(cast)
  const rows = reader.currentRowCount
  const width = reader.columnCount - 1
  const target = new Float32Array(rows)
  const inputs = new Float32Array(rows * width)
  reader.getColumns().forEach((column, c) => {
    column.forEach((value, r) => {
      const number = value === null ? Number.NaN : Number(value)
      if (c === 0) target[r] = number
      else inputs[r * width + c - 1] = number
    })
  })
  connection.closeSync()
  return { rows, width, target, inputs, isThere }
}

type Columns = NonNullable<Awaited<ReturnType<typeof readTask>>>

function qualityOf(objective: GbdtObjective, actual: Float32Array, found: ArrayLike<number>): string {
  const scores = Float64Array.from(found)
  if (objective === 'binary:logistic') {
    const classes = Int32Array.from(scores, (score) => (score >= 0.5 ? 1 : 0))
    const { auc, logLoss } = binaryMetrics(actual, scores, classes)
    return `AUC ${auc?.toFixed(4)}  log loss ${logLoss?.toFixed(4)}`
  }
  const { rmse, r2 } = regressionMetrics(actual, scores)
  return `RMSE ${rmse?.toFixed(1)}  R² ${r2?.toFixed(4)}`
}

const setting = { trees: 100, maxDepth: 6, learningRate: 0.1 }
const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

interface Result {
  times: number[]
  quality: string
  note: string
}

async function timeOurs({ width, inputs, target }: Columns, task: Task, train: number, threads: 1 | 2) {
  const part: GbdtRows = {
    rows: train,
    width,
    target: target.subarray(0, train),
    read: (from, to) => inputs.subarray(from * width, to * width),
  }
  const none: GbdtRows = { rows: 0, width, target: [], read: () => new Float32Array(0) }
  const started = performance.now()
  const model = trainGbdt({
    parameters: { ...gbdtDefaults, ...setting, objective: task.objective, seed: 7 },
    groups: 1,
    train: part,
    validation: none,
    threads,
    onRound: () => {},
  })
  const seconds = (performance.now() - started) / 1000
  const held = target.length - train
  const found = new Float64Array(held)
  const scored = performance.now()
  createGbdtScorer(model).score(inputs.subarray(train * width), held, found)
  const note = `scores ${((1000 * (performance.now() - scored)) / held).toFixed(2)} µs a row in batches`
  return { seconds, found, note }
}

async function timePeer(folder: string, peer: string, threads: number) {
  const script = join(import.meta.dirname, 'peers', 'time-gbdt.py')
  const { stdout } = await run(python, [script, folder, peer, String(threads)])
  const { version, seconds } = JSON.parse(stdout) as { version: string; seconds: number }
  const bytes = await readFile(join(folder, 'found.f32'))
  const found = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  return { seconds, found, note: `version ${version}` }
}

console.log(await machineSetting())
console.log(
  `${setting.trees} rounds, depth ${setting.maxDepth}, learning rate ${setting.learningRate}, 256 bins;`,
)
console.log(
  `medians of ${repeats} alternating runs; load average ${(await import('node:os')).loadavg()[0]?.toFixed(1)} at the start\n`,
)
for (const task of tasks) {
  const columns = await readTask(task)
  if (!columns) {
    console.log(`${task.file}: not in ${dataFolder}, left out\n`)
    continue
  }
  const { rows, width, inputs, target, isThere } = columns
  const train = Math.floor(rows * 0.75)
  const folder = await mkdtemp(join(tmpdir(), 'slipway-gbdt-'))
  try {
    await writeFile(join(folder, 'inputs.f32'), inputs)
    await writeFile(join(folder, 'target.f32'), target)
    await writeFile(
      join(folder, 'setting.json'),
      JSON.stringify({ ...setting, train, width, objective: task.objective }),
    )
    const made = isThere ? '' : ' (not there: a generated table of its shape)'
    console.log(`${task.file}${made}: ${train.toLocaleString('en-US')} rows to train on, ${width} columns`)
    const contenders: [string, () => Promise<{ seconds: number; found: ArrayLike<number>; note: string }>][] =
      [
        ['Slipway, 1 thread', () => timeOurs(columns, task, train, 1)],
        ['Slipway, 2 threads', () => timeOurs(columns, task, train, 2)],
        ['xgboost, 1 thread', () => timePeer(folder, 'xgboost', 1)],
        ['xgboost, 2 threads', () => timePeer(folder, 'xgboost', 2)],
        ['scikit-learn, 1 thread', () => timePeer(folder, 'sklearn', 1)],
        ['scikit-learn, 2 threads', () => timePeer(folder, 'sklearn', 2)],
      ]
    const results = new Map<string, Result>()
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [name, time] of contenders) {
        if (results.get(name)?.times.length === 0) continue
        try {
          const { seconds, found, note } = await time()
          const quality = qualityOf(task.objective, target.subarray(train), found)
          results.set(name, { times: [...(results.get(name)?.times ?? []), seconds], quality, note })
        } catch (error) {
          const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)
          results.set(name, { times: [], quality: `missing: ${reason}`, note: '' })
        }
      }
    }
    const ours = middle(results.get('Slipway, 2 threads')?.times ?? [])
    for (const [name, { times, quality, note }] of results) {
      const seconds = middle(times)
      const figures =
        times.length === 0
          ? ''
          : `${seconds.toFixed(2).padStart(7)} s  ours in ${(ours / seconds).toFixed(2)} of it  `
      console.log(`  ${name.padEnd(24)}${figures}${quality}  ${note}`)
    }
    console.log()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
