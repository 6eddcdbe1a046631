import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { type Figures, press, summary } from './setting/press.ts'
import { machineSetting, startProgram } from './setting/start-program.ts'
import { modelKinds, type ServedKind, type TelcoBundle, telcoBundles } from './setting/telco-bundles.ts'

/**
 * Requests per second of a bundle's `/predict` beside a bare Fastify that echoes the same bodies,
 * both in processes of their own, in alternating runs so that a busy machine slows both.
 */
const rounds = 3
const seconds = Number(process.env.BENCH_SECONDS ?? 4)

interface Load {
  title: string
  connections: number
  rows: number
}

const loads: Load[] = [
  { title: '1 row, 1 connection', connections: 1, rows: 1 },
  { title: '1 row, 16 connections', connections: 16, rows: 1 },
  { title: '100 rows, 1 connection', connections: 1, rows: 100 },
  { title: '100 rows, 16 connections', connections: 16, rows: 100 },
]

const kinds = modelKinds.filter((kind) => process.argv.length < 3 || process.argv.includes(kind))
const profiles = process.env.BENCH_PROFILES
const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]

async function measure(
  kind: ServedKind,
  { folder, rows: sample }: TelcoBundle,
  state: string,
): Promise<void> {
  const server = join(folder, 'server.mjs')
  const bundle = await startProgram(server, ['serve', '--port', '0', '--state', state], profiling)
  const echo = await startProgram(join(import.meta.dirname, 'setting', 'echo-server.ts'))
  try {
    for (const load of loads) {
      const rows = Array.from({ length: load.rows }, (_, i) => sample[i % sample.length])
      const body = JSON.stringify({ data: rows })
      const ours: Figures[] = []
      const theirs: Figures[] = []
      await press(`${bundle.endpoint}/predict`, body, load.connections, 1)
      await press(`${echo.endpoint}/echo`, body, load.connections, 1)
      for (let round = 0; round < rounds; round++) {
        ours.push(await press(`${bundle.endpoint}/predict`, body, load.connections, seconds))
        theirs.push(await press(`${echo.endpoint}/echo`, body, load.connections, seconds))
      }
      const line = (name: string, of: Figures) =>
        `  ${name.padEnd(9)} ${of.perSecond.toFixed(0).padStart(7)} requests/s   p50 ${of.p50} ms   p99 ${of.p99} ms`
      const [a, b] = [summary(ours), summary(theirs)]
      console.log(`${kind}: ${load.title} (${body.length} bytes)`)
      console.log(line('/predict', a))
      console.log(line('echo', b))
      console.log(`  ratio     ${((100 * a.perSecond) / b.perSecond).toFixed(0).padStart(6)} %\n`)
    }
  } finally {
    await bundle.stop()
    await echo.stop()
  }
}

const workspace = await mkdtemp(join(os.tmpdir(), 'slipway-bench-'))
try {
  const bundles = await telcoBundles(workspace)
  console.log(await machineSetting())
  console.log(`models of 19 columns; ${rounds} alternating runs of ${seconds} s, medians\n`)
  for (const kind of kinds) await measure(kind, bundles[kind], join(workspace, `state-${kind}`))
} finally {
  await rm(workspace, { recursive: true, force: true })
}
