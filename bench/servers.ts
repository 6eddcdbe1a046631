/**
 * A bundle beside the servers that Python models are usually put behind, and beside a bare Fastify echo: requests per
 * second, latency, processor time per request, start, size and memory, each server in processes of its own, asked in
 * turn so that a busy machine slows all. The same table of customers, the same rows, one server process each.
 *
 *     npm run bench:servers [results.json]
 *
 * `$SLIPWAY_PYTHON_SERVERS` names a Python with the peers; `$SLIPWAY_PYTHON_<PEER>` another one for a peer that cannot
 * be installed beside the others. A peer that does not start is named with the reason.
 */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { folderBytes } from './setting/folder-bytes.ts'
import { peers, preparePeer, type ServerPlan } from './setting/peer-servers.ts'
import { type Figures, middle, press, summary } from './setting/press.ts'
import { ratioTable, type ServerResult, sizeTable, speedTable } from './setting/server-tables.ts'
import { machineSetting } from './setting/start-program.ts'
import { freePorts, type StartedServer, startServer } from './setting/start-server.ts'
import {
  modelKinds,
  type ServedKind,
  type TelcoBundle,
  telcoBundles,
  telcoFile,
} from './setting/telco-bundles.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const seconds = Number(process.env.BENCH_SECONDS ?? 3)
const starts = Number(process.env.BENCH_STARTS ?? 3)
const resultsFile = process.argv[2]

const loads = [
  { title: '1 row, 1 connection', connections: 1, rows: 1 },
  { title: '1 row, 16 connections', connections: 16, rows: 1 },
  { title: '100 rows, 1 connection', connections: 1, rows: 100 },
  { title: '100 rows, 16 connections', connections: 16, rows: 100 },
]

interface Contender extends ServerPlan {
  name: string
  bytes: number
  runtimeBytes: number
  auc: number
}

const nodeBytes = (await stat(process.execPath)).size

async function ownContenders(bundle: TelcoBundle, state: string): Promise<Contender[]> {
  const [port, echoPort] = await freePorts(2)
  const shared = { command: process.execPath, env: {}, runtimeBytes: nodeBytes }
  const bodyOf = (rows: readonly object[]) => JSON.stringify({ data: rows })
  const server = join(bundle.folder, 'server.mjs')
  return [
    {
      ...shared,
      name: 'slipway',
      title: `Node ${process.versions.node}`,
      args: [server, 'serve', '--port', String(port), '--state', state],
      url: `http://127.0.0.1:${port}/predict`,
      bodyOf,
      bytes: await folderBytes(bundle.folder),
      auc: bundle.auc,
    },
    {
      ...shared,
      name: 'echo',
      title: 'a bare Fastify that answers with the request',
      args: [join(import.meta.dirname, 'setting', 'echo-server.ts'), String(echoPort)],
      url: `http://127.0.0.1:${echoPort}/echo`,
      bodyOf,
      bytes: 0,
      auc: Number.NaN,
    },
  ]
}

async function measure(kind: ServedKind, bundle: TelcoBundle, folder: string): Promise<ServerResult[]> {
  const contenders = await ownContenders(bundle, join(folder, 'state'))
  const results: ServerResult[] = []
  const missing = (name: string, error: unknown) =>
    results.push({ kind, name, missing: error instanceof Error ? error.message : String(error) })
  for (const peer of peers) {
    try {
      const plan = await preparePeer(peer, kind, telcoFile, join(folder, peer.name))
      contenders.push({ ...plan, name: peer.name })
    } catch (error) {
      missing(peer.name, error)
    }
  }

  const running: { of: Contender; server: StartedServer; readyMs: number[]; restMemory: number }[] = []
  try {
    for (const of of contenders) {
      const start = () => startServer({ ...of, body: of.bodyOf(bundle.rows.slice(0, 1)) })
      try {
        const readyMs: number[] = []
        for (let run = 1; run < starts; run++) {
          const server = await start()
          readyMs.push(server.readyMs)
          await server.stop()
        }
        const server = await start()
        readyMs.push(server.readyMs)
        running.push({ of, server, readyMs, restMemory: await server.memoryBytes() })
        console.error(`${kind}: ${of.name} answers`)
      } catch (error) {
        missing(of.name, error)
      }
    }
    const speeds = new Map(running.map(({ of }) => [of.name, [] as NonNullable<ServerResult['speeds']>]))
    for (const load of loads) {
      const rows = Array.from({ length: load.rows }, (_, i) => bundle.rows[i % bundle.rows.length] ?? {})
      const runs = new Map(running.map(({ of }) => [of.name, [] as (Figures & { cpu: number })[]]))
      for (const { of } of running) await press(of.url, of.bodyOf(rows), load.connections, 2)
      for (let round = 0; round < rounds; round++) {
        for (const { of, server } of running) {
          const before = await server.cpuSeconds()
          const figures = await press(of.url, of.bodyOf(rows), load.connections, seconds)
          const spent = (await server.cpuSeconds()) - before
          runs.get(of.name)?.push({ ...figures, cpu: (spent * 1e6) / (figures.perSecond * seconds) })
        }
      }
      for (const [name, of] of runs) {
        speeds.get(name)?.push({
          load: load.title,
          ...summary(of),
          cpuMicroseconds: middle(of.map((run) => run.cpu)),
          perSecondOfRuns: of.map((run) => run.perSecond),
        })
      }
      console.error(`${kind}: ${load.title} done`)
    }
    for (const { of, server, readyMs, restMemory } of running) {
      results.push({
        kind,
        name: of.name,
        title: of.title,
        auc: of.auc,
        readyMs: middle(readyMs),
        bytes: of.bytes,
        runtimeBytes: of.runtimeBytes,
        restMemory,
        loadedMemory: await server.memoryBytes(),
        speeds: speeds.get(of.name) ?? [],
      })
    }
  } finally {
    for (const { server } of running) await server.stop()
  }
  return results
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const load = () => os.loadavg()[0]?.toFixed(1)
const workspace = await mkdtemp(join(os.tmpdir(), 'slipway-bench-'))
try {
  const setting = `${await machineSetting()}; load average ${load()} at the start`
  console.log(`${setting}; ${rounds} runs of ${seconds} s in turn, medians\n`)
  const bundles = await telcoBundles(workspace)
  const results: ServerResult[] = []
  for (const kind of modelKinds) {
    const found = await measure(kind, bundles[kind], join(workspace, `peers-${kind}`))
    results.push(...found)
    console.log(`${kind}\n\n${speedTable(found)}\n\n${ratioTable(found)}\n\n${sizeTable(found)}\n`)
  }
  console.log(`Load average ${load()} at the end, of which this run is a part.`)
  if (resultsFile !== undefined)
    await writeFile(resultsFile, `${JSON.stringify({ setting, rounds, seconds, results }, null, 2)}\n`)
} finally {
  await rm(workspace, { recursive: true, force: true })
}
