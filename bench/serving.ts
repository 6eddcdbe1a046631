import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBundle } from './setting/make-bundle.ts'
import { type Figures, press, summary } from './setting/press.ts'
import { machineSetting, startProgram } from './setting/start-program.ts'

/**
 * Requests per second of a bundle's `/predict` beside a bare Fastify that echoes the same bodies,
 * both in processes of their own, in alternating runs so that a busy machine slows both.
 */
const servingFile = process.argv[2] ?? join(import.meta.dirname, '..', 'dist', 'serving', 'server.mjs')
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

const { folder, workspace, sample } = await makeBundle(servingFile)
const state = join(workspace, 'state')
const bundle = await startProgram(join(folder, 'server.mjs'), ['serve', '--port', '0', '--state', state])
const echo = await startProgram(join(import.meta.dirname, 'setting', 'echo-server.ts'))
try {
  console.log(await machineSetting())
  console.log(
    `logistic model of ${sample.signature.inputs.length} columns; ${rounds} alternating runs of ${seconds} s, medians\n`,
  )
  for (const load of loads) {
    const rows = Array.from({ length: load.rows }, (_, i) => sample.rows[i % sample.rows.length])
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
    console.log(`${load.title} (${body.length} bytes)`)
    console.log(line('/predict', a))
    console.log(line('echo', b))
    console.log(`  ratio     ${((100 * a.perSecond) / b.perSecond).toFixed(0).padStart(6)} %\n`)
  }
} finally {
  await bundle.stop()
  await echo.stop()
  await rm(workspace, { recursive: true, force: true })
}
