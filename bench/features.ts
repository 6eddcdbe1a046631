import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { literal, openDatabase } from '../engine/data/database.ts'
import { chooseFeatures, describeRelation } from '../engine/training/choose-columns.ts'
import { fitPipeline } from '../engine/training/features/fit-pipeline.ts'
import { readPart } from '../engine/training/read-part.ts'
import { rowsTable } from '../engine/training/split-rows.ts'
import { snapshotColumn } from '../engine/training/take-snapshot.ts'
import { sliceRows } from '../shared/features/batch-buffers.ts'
import { compilePipeline } from '../shared/features/compile-pipeline.ts'
import { trainSpecSchema } from '../shared/notebook/train-spec.ts'
import { machineSetting } from './setting/start-program.ts'

/**
 * Fit and transform of a feature pipeline on the 3 million flights beside scikit-learn's ColumnTransformer: an imputed
 * and scaled number, a one-hot column with a minimum frequency, a cross-fitted target encoding and parts of a timestamp.
 * Both begin with the rows loaded, in a database file and in a DataFrame; peak memory is that of the whole process.
 *
 *     node bench/features.ts [the flights as Parquet]
 *
 * with `$SLIPWAY_PYTHON` naming a Python that has scikit-learn, pandas and pyarrow.
 */
const file = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'shared', 'data', 'flights_3m.parquet')
const python = process.env.SLIPWAY_PYTHON ?? 'python3'
const repeats = Number(process.env.BENCH_REPEATS ?? 3)
const isChild = process.env.BENCH_CHILD === '1'
const run = promisify(execFile)
const chunkRows = 8192

interface Timing {
  fit: number
  transform: number
  /** Processor seconds of both, over all threads: what remains comparable where other work runs beside. */
  processor: number
  peakMegabytes: number
  rows: number
  width: number
}

async function timeOurs(): Promise<Timing> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-features-'))
  try {
    const database = await openDatabase(join(folder, 'bench.duckdb'), folder)
    const session = await database.session()
    await session.run(`set memory_limit = '1GB'; set temp_directory = ${literal(folder)};
      create table flights as select date, distance::double as distance, origin, destination, (delay > 15)::integer as late
      from read_parquet(${literal(file)}) where delay is not null`)
    const spec = trainSpecSchema.parse({
      from: 'flights',
      target: 'late',
      features: {
        columns: {
          date: { parts: ['month', 'weekday', 'hour'], cyclical: false },
          distance: { impute: 'median', scale: 'standard' },
          origin: { encode: 'onehot', minFrequency: 0.02 },
          destination: { encode: 'target' },
        },
      },
    })
    const started = performance.now()
    const before = process.cpuUsage()
    const features = chooseFeatures(spec, await describeRelation(session, 'flights', 'flights'))
    const columns = features.map((feature, i) => `${feature.sql} as ${snapshotColumn(i)}`).join(', ')
    await session.run(
      `create temp view ${rowsTable.replace('temp.', '')} as select ${columns}, late::double as y, rowid as n, 0 as part from flights`,
    )
    const fitRows = {
      session,
      table: rowsTable,
      where: 'part = 0',
      task: 'binary' as const,
      classes: ['0', '1'],
    }
    const { pipeline } = await fitPipeline(fitRows, features, spec.features)
    const fit = (performance.now() - started) / 1000
    const [counted] = await session.rows('select count(*)::double as n from flights')
    const rows = Number(counted?.n)
    const part = await readPart(session, pipeline, 'train', rows, false, () => undefined)
    const compiled = compilePipeline(pipeline)
    let sum = 0
    for (let from = 0; from < rows; from += chunkRows) {
      const inputs = compiled.inputs(sliceRows(part, from, Math.min(from + chunkRows, rows)))
      sum += inputs[0]!
    }
    if (Number.isNaN(sum)) throw new Error('An input was missing.')
    const transform = (performance.now() - started) / 1000 - fit
    const { user, system } = process.cpuUsage(before)
    session.close()
    database.close()
    return {
      fit,
      transform,
      processor: (user + system) / 1e6,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
      rows,
      width: pipeline.width,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function timePeer(): Promise<Timing> {
  const { stdout } = await run(python, [join(import.meta.dirname, 'peers', 'time-features.py'), file])
  return JSON.parse(stdout)
}

async function timeChild(): Promise<Timing> {
  const env = { ...process.env, BENCH_CHILD: '1' }
  const { stdout } = await run(process.execPath, [import.meta.filename, file], { env })
  return JSON.parse(stdout)
}

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

function show(name: string, timings: readonly Timing[]): { total: number; processor: number } {
  const processor = middle(timings.map((one) => one.processor))
  const total = middle(timings.map(({ fit, transform }) => fit + transform))
  const [fit, transform] = [
    middle(timings.map((one) => one.fit)),
    middle(timings.map((one) => one.transform)),
  ]
  const peak = Math.max(...timings.map((one) => one.peakMegabytes))
  console.log(
    `  ${name.padEnd(14)}fit ${fit.toFixed(2)} s  transform ${transform.toFixed(2)} s  together ${total.toFixed(2)} s  processor ${processor.toFixed(2)} s  peak ${peak.toFixed(0)} MB  ${timings[0]?.width} inputs`,
  )
  return { total, processor }
}

if (isChild) {
  console.log(JSON.stringify(await timeOurs()))
} else if (!existsSync(file)) {
  console.log(`${file} is not there; name the flights as an argument.`)
  process.exitCode = 1
} else {
  console.log(await machineSetting())
  const ours: Timing[] = []
  const theirs: Timing[] = []
  for (let repeat = 0; repeat < repeats; repeat++) {
    ours.push(await timeChild())
    theirs.push(await timePeer())
  }
  console.log(
    `${ours[0]?.rows.toLocaleString('en-US')} rows, medians of ${repeats} alternating runs, peak over all\n`,
  )
  const slipway = show('Slipway', ours)
  const peer = show('scikit-learn', theirs)
  console.log(
    `\n  scikit-learn takes ${(peer.total / slipway.total).toFixed(1)} times as long and ${(peer.processor / slipway.processor).toFixed(1)} times the processor`,
  )
  console.log(`  load average at the end ${loadavg()[0]?.toFixed(1)}`)
}
