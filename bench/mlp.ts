import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { createKernelNetwork } from '../engine/training/dense/kernel-network.ts'
import type { Network, NetworkSpec } from '../engine/training/dense/network.ts'
import { startTensorBackend } from '../engine/training/dense/tensor-backend.ts'
import { createTensorNetwork } from '../engine/training/dense/tensor-network.ts'
import { minibatchSettings, trainMinibatch } from '../engine/training/dense/train-minibatch.ts'
import { assemblePipeline } from '../shared/features/assemble-pipeline.ts'
import { binaryMetrics } from '../shared/metrics/binary-metrics.ts'
import { createDenseScorer } from '../shared/models/dense-scorer.ts'
import { machineSetting } from './setting/start-program.ts'

/**
 * Training time and test metric of dense networks beside scikit-learn's MLPClassifier and PyTorch: the same inputs,
 * layers, batch size, epochs, optimiser and penalty.
 *
 *     node bench/mlp.ts [folder of the data]
 *
 * with `$SLIPWAY_PYTHON` naming a Python that has scikit-learn, and `$SLIPWAY_TORCH_PYTHON` one that has PyTorch.
 */
const dataFolder = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'shared', 'data')
const python = process.env.SLIPWAY_PYTHON ?? 'python3'
const torchPython = process.env.SLIPWAY_TORCH_PYTHON ?? python
const repeats = Number(process.env.BENCH_REPEATS ?? 3)
const run = promisify(execFile)

/** `train` is the share of the rows to train on; text columns become one input per value. */
const tasks = [
  {
    file: 'telco_churn.csv',
    target: `churn = 'Yes'`,
    leaveOut: ['churn', 'customer_id'],
    rows: '',
    layers: [64, 32],
    batchSize: 64,
    epochs: 10,
  },
  {
    file: 'flights_3m.parquet',
    target: 'delay > 15',
    leaveOut: ['delay', 'date'],
    rows: 'using sample 100000 rows (reservoir, 7)',
    layers: [128, 64],
    batchSize: 256,
    epochs: 3,
  },
]
type Task = (typeof tasks)[number]

/** Rows of standardised numbers and one input per value of a text, in an order of their own hash. */
async function readTask(task: Task) {
  const path = join(dataFolder, task.file)
  if (!existsSync(path)) return null
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run('set threads to 1')
  await connection.run(`create table t as from (from '${path.replaceAll("'", "''")}') ${task.rows}`)
  const described = await connection.runAndReadAll('describe t')
  const inputs: string[] = []
  for (const row of described.getRowObjects()) {
    const name = String(row.column_name)
    if (task.leaveOut.includes(name.toLowerCase())) continue
    const quoted = `"${name.replaceAll('"', '""')}"`
    if (row.column_type !== 'VARCHAR') {
      const number = `coalesce(${quoted}::double, 0)`
      inputs.push(
        `((${number} - avg(${number}) over ()) / greatest(stddev_pop(${number}) over (), 1e-9))::float`,
      )
      continue
    }
    const values = await connection.runAndReadAll(
      `select ${quoted} as v from t where v is not null group by v having count(*) >= 100 order by count(*) desc, v limit 60`,
    )
    for (const { v } of values.getRowObjects()) {
      inputs.push(`(${quoted} is not distinct from '${String(v).replaceAll("'", "''")}')::float`)
    }
  }
  const select = `select (${task.target})::float, ${inputs.join(', ')} from t order by hash(t)`
  const reader = await connection.streamAndReadAll(select)
  const rows = reader.currentRowCount
  const width = inputs.length
  const target = new Float32Array(rows)
  const matrix = new Float32Array(rows * width)
  reader.getColumns().forEach((column, c) => {
    column.forEach((value, r) => {
      if (c === 0) target[r] = Number(value)
      else matrix[r * width + c - 1] = Number(value)
    })
  })
  connection.closeSync()
  return { rows, width, target, inputs: matrix }
}
type Data = NonNullable<Awaited<ReturnType<typeof readTask>>>

const shared = { learningRate: 0.001, l2: 1e-4 }

function timeOurs(data: Data, task: Task, train: number, createNetwork: (spec: NetworkSpec) => Network) {
  const { width, inputs, target } = data
  const pipeline = assemblePipeline(
    Array.from({ length: width }, (_, i) => ({
      kind: 'numeric' as const,
      name: `x${i}`,
      impute: 'mean' as const,
      fill: 0,
      scale: 'standard' as const,
      center: 0,
      factor: 1,
    })),
  )
  const columns = Array.from({ length: width }, (_, i) =>
    Float64Array.from({ length: train }, (_, r) => inputs[r * width + i] ?? 0),
  )
  const { layers, batchSize, epochs } = task
  const model = { kind: 'mlp' as const, layers, batchSize, epochs, patience: 0, ...shared }
  const started = performance.now()
  const fitted = trainMinibatch(
    {
      task: 'binary',
      pipeline,
      outputs: 1,
      headActivation: 'sigmoid',
      seed: 7,
      train: { rows: train, columns, target: Float64Array.from(target.subarray(0, train)) },
      validation: { rows: 0, columns: columns.map(() => new Float64Array(0)), target: new Float64Array(0) },
      onEpoch: () => {},
    },
    { center: new Float64Array(width), scale: new Float64Array(width).fill(1) },
    minibatchSettings(model, train),
    createNetwork,
  )
  const seconds = (performance.now() - started) / 1000
  const held = target.length - train
  const found = new Float64Array(held)
  const scorer = createDenseScorer({ layers: fitted })
  const scored = performance.now()
  scorer.score(inputs.subarray(train * width), held, found)
  const note = `scores ${((1000 * (performance.now() - scored)) / held).toFixed(2)} µs a row in batches`
  return { seconds, found, note }
}

async function timePeer(folder: string, peer: 'sklearn' | 'torch', threads: number) {
  const script = join(import.meta.dirname, 'peers', 'time-mlp.py')
  const program = peer === 'torch' ? torchPython : python
  const { stdout } = await run(program, [script, folder, peer, String(threads)])
  const { version, seconds } = JSON.parse(stdout) as { version: string; seconds: number }
  const bytes = await readFile(join(folder, 'found.f32'))
  const found = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  return { seconds, found, note: `version ${version}` }
}

function quality(actual: Float32Array, found: ArrayLike<number>): string {
  const scores = Float64Array.from(found)
  const { auc, logLoss } = binaryMetrics(
    actual,
    scores,
    Int32Array.from(scores, (score) => (score >= 0.5 ? 1 : 0)),
  )
  return `AUC ${auc?.toFixed(4)}  log loss ${logLoss?.toFixed(4)}`
}

const ours = 'Slipway, 2 threads'

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

console.log(await machineSetting())
console.log(
  `medians of ${repeats} alternating runs; load average ${(await import('node:os')).loadavg()[0]?.toFixed(1)} at the start\n`,
)
const { backend } = await startTensorBackend()
for (const task of tasks) {
  const data = await readTask(task)
  if (!data) {
    console.log(`${task.file}: not in ${dataFolder}, left out\n`)
    continue
  }
  const { rows, width, inputs, target } = data
  const train = Math.floor(rows * 0.75)
  const folder = await mkdtemp(join(tmpdir(), 'slipway-mlp-'))
  try {
    await writeFile(join(folder, 'inputs.f32'), inputs)
    await writeFile(join(folder, 'target.f32'), target)
    await writeFile(join(folder, 'setting.json'), JSON.stringify({ ...task, ...shared, train, width }))
    console.log(
      `${task.file}: ${train.toLocaleString('en-US')} rows to train on, ${width} inputs, layers ${task.layers.join(', ')}, batches of ${task.batchSize}, ${task.epochs} epochs`,
    )
    const contenders: [string, () => Promise<{ seconds: number; found: ArrayLike<number>; note: string }>][] =
      [
        [
          'Slipway, 1 thread',
          async () => timeOurs(data, task, train, (spec) => createKernelNetwork(spec, 1)),
        ],
        [ours, async () => timeOurs(data, task, train, (spec) => createKernelNetwork(spec, 2))],
        [`tfjs (${backend})`, async () => timeOurs(data, task, train, createTensorNetwork)],
        ['scikit-learn, 1 thread', () => timePeer(folder, 'sklearn', 1)],
        ['scikit-learn, 2 threads', () => timePeer(folder, 'sklearn', 2)],
        ['PyTorch, 1 thread', () => timePeer(folder, 'torch', 1)],
        ['PyTorch, 2 threads', () => timePeer(folder, 'torch', 2)],
      ]
    const results = new Map<string, { times: number[]; said: string }>()
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [name, time] of contenders) {
        if (results.get(name)?.times.length === 0) continue
        try {
          const { seconds, found, note } = await time()
          const said = `${quality(target.subarray(train), found)}  ${note}`
          results.set(name, { times: [...(results.get(name)?.times ?? []), seconds], said })
        } catch (error) {
          const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)
          results.set(name, { times: [], said: `missing: ${reason}` })
        }
      }
    }
    const best = middle(results.get(ours)?.times ?? [])
    for (const [name, { times, said }] of results) {
      const seconds = middle(times)
      const figures =
        times.length === 0
          ? ''
          : `${seconds.toFixed(2).padStart(7)} s  ours in ${(best / seconds).toFixed(2)} of it  `
      console.log(`  ${name.padEnd(24)}${figures}${said}`)
    }
    console.log()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
