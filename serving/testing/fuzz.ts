/**
 * A seeded fuzzer of request bodies over every protocol: what a broken client, or one that means harm, might send.
 * As a program, `node serving/testing/fuzz.ts <requests> [seed]` prints what came of it as JSON.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { tableFromArrays, tableToIPC } from '@uwdata/flechette'
import pino from 'pino'
import { createRates } from '../http/rates.ts'
import { createServer } from '../http/server.ts'
import { openMonitor } from '../monitoring/monitor.ts'
import { openServed } from '../serve.ts'
import { defaultSettings, type Settings } from '../settings.ts'
import { openVersions } from '../versions/versions.ts'
import { writeBundle } from './write-bundle.ts'

export interface FuzzResult {
  requests: number
  /** Answers by status. */
  statuses: Record<string, number>
  /** Bodies, as base64, that were answered with 5xx. */
  failed: { url: string; type: string; body: string; status: number }[]
  slowestMs: number
  /** Heap after a collection, at a tenth of the requests and at the end; 0 where collections cannot be asked for. */
  heapEarly: number
  heapEnd: number
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Seed {
  url: string
  type: string
  body: Buffer
}

type Row = Record<string, string | number | boolean | null>

/** A good request of every form that each route takes. */
function goodRequests(rows: readonly Row[], names: readonly string[]): Seed[] {
  const some = rows.slice(0, 3)
  const data = some.map((row) => names.map((name) => row[name] ?? null))
  const json = (url: string, value: unknown): Seed => ({
    url,
    type: 'application/json',
    body: Buffer.from(JSON.stringify(value)),
  })
  const csv = [
    names.join(','),
    ...data.map((cells) => cells.map((cell) => JSON.stringify(cell ?? '')).join(',')),
  ].join('\n')
  const columns = Object.fromEntries(names.map((name) => [name, some.map((row) => row[name] ?? null)]))
  const arrow = (format: 'stream' | 'file') =>
    Buffer.from(tableToIPC(tableFromArrays(columns), { format }) ?? new Uint8Array())
  const tensors = names.map((name) => {
    const values = columns[name] ?? []
    const [first] = values
    const datatype = typeof first === 'number' ? 'FP64' : typeof first === 'boolean' ? 'BOOL' : 'BYTES'
    return { name, shape: [some.length], datatype, data: values }
  })
  return [
    json('/predict', { data: some }),
    json('/predict', some),
    json('/predict', { columns: names, data }),
    { url: '/predict', type: 'text/csv', body: Buffer.from(csv) },
    { url: '/predict', type: 'application/vnd.apache.arrow.stream', body: arrow('stream') },
    { url: '/predict', type: 'application/vnd.apache.arrow.file', body: arrow('file') },
    json('/invocations', { dataframe_split: { columns: names, data } }),
    json('/invocations', { dataframe_records: some }),
    json('/invocations', { instances: some }),
    json('/invocations', { inputs: columns }),
    { url: '/invocations', type: 'text/csv', body: Buffer.from(csv) },
    json('/v2/models/churn/infer', { id: '1', inputs: tensors, outputs: [{ name: 'prediction' }] }),
    json('/v2/models/churn/versions/3/infer', { inputs: tensors, outputs: [{ name: 'probabilities' }] }),
    json('/feedback', { feedback: [{ id: 'a-1-00', actual: 'Yes', at: '2026-01-01T00:00:00Z' }] }),
    json('/admin/model', { canary: null }),
  ]
}

const texts = [
  'null',
  '-1',
  '1e999',
  '""',
  '[]',
  '{}',
  '[[',
  '"__proto__"',
  'NaN',
  '\u0000',
  '9'.repeat(40),
  '\ud800',
  ':',
  ',',
]

const nested = '['.repeat(20_000) + ']'.repeat(20_000)

/** JSON values that stand where others are expected: names that objects inherit, and arrays deeper than a stack. */
const values = [
  ...['__proto__', 'constructor', 'valueOf', 'toString', 'hasOwnProperty'].map((name) =>
    JSON.stringify(name),
  ),
  ...['null', 'true', '-1', '1e999', '[]', '{}', '[[1]]', '{"__proto__":[]}'],
  JSON.stringify('x'.repeat(10_000)),
  nested,
]

/** JSON with one string, number or word, be it a key, replaced by another value: it mostly stays JSON. */
function replaceValue(body: Buffer, random: () => number): Buffer {
  const text = body.toString()
  const places = [...text.matchAll(/"[^"\\]*"|-?\d[\d.eE+-]*|true|false|null/g)]
  const place = places[Math.floor(random() * places.length)]
  const put = values[Math.floor(random() * values.length)] ?? ''
  return place
    ? Buffer.from(text.slice(0, place.index) + put + text.slice(place.index + place[0].length))
    : body
}

/** One to four changes of a body: bytes, pieces cut, doubled or moved, and JSON's own words where they do not belong. */
function damage(body: Buffer, random: () => number): Buffer {
  let bytes = Buffer.from(body)
  const below = (limit: number) => Math.floor(random() * limit)
  for (let change = 1 + below(4); change > 0; change--) {
    const at = below(bytes.length + 1)
    const length = below(Math.min(40, bytes.length - at + 1))
    const piece = bytes.subarray(at, at + length)
    switch (below(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = below(256)
        break
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
        break
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), piece, piece, bytes.subarray(at + length)])
        break
      case 3:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(texts[below(texts.length)] ?? ''),
          bytes.subarray(at + length),
        ])
        break
      case 4:
        bytes = bytes.subarray(0, at)
        break
      default:
        if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << below(8))
    }
  }
  return bytes
}

const mutate = ({ body, type }: Seed, random: () => number): Buffer =>
  type === 'application/json' && random() < 0.3 ? replaceValue(body, random) : damage(body, random)

const types = [
  'application/json',
  'text/csv',
  'application/vnd.apache.arrow.stream',
  'text/plain',
  'application/xml',
]

export async function fuzz(requests: number, seed: number): Promise<FuzzResult> {
  const random = seeded(seed)
  const bundle = await writeBundle('binary')
  const stateFolder = await mkdtemp(join(os.tmpdir(), 'slipway-fuzz-'))
  const settings: Settings = { ...defaultSettings, stateFolder, logLevel: 'error' }
  const logger = pino({ level: 'silent' })
  const monitor = await openMonitor({ settings, roleOf: () => 'active', onError() {} })
  const roles = { active: bundle.folder, shadow: null, canary: null }
  const versions = await openVersions(roles, (folder) => openServed(folder, settings, monitor, logger))
  const control = {
    describe: async () => versions.describe(),
    change: async () => versions.describe(),
    drain: async () => {},
    processes: async () => [],
    resize: async () => {},
  }
  const { app, flights } = createServer({
    versions,
    control,
    rates: createRates(0),
    monitor,
    settings,
    logger,
    tls: null,
    slipwayVersion: '0',
  })
  const good = goodRequests(
    bundle.sample.rows,
    bundle.sample.signature.inputs.map(({ name }) => name),
  )
  const result: FuzzResult = { requests, statuses: {}, failed: [], slowestMs: 0, heapEarly: 0, heapEnd: 0 }
  const heap = async () => {
    if (!globalThis.gc) return 0
    await globalThis.gc({ execution: 'async' })
    return process.memoryUsage().heapUsed
  }
  try {
    for (let i = 0; i < requests; i++) {
      const from = good[i % good.length]!
      const type = random() < 0.05 ? (types[Math.floor(random() * types.length)] ?? from.type) : from.type
      const body = mutate(from, random)
      const begun = performance.now()
      const { statusCode } = await app.inject({
        method: 'POST',
        url: from.url,
        headers: { 'content-type': type, 'x-request-id': `fuzz-${i}` },
        payload: body,
      })
      result.slowestMs = Math.max(result.slowestMs, performance.now() - begun)
      result.statuses[statusCode] = (result.statuses[statusCode] ?? 0) + 1
      if (statusCode >= 500 && result.failed.length < 20) {
        result.failed.push({ url: from.url, type, body: body.toString('base64'), status: statusCode })
      }
      if (i === Math.floor(requests / 10)) result.heapEarly = await heap()
    }
    result.heapEnd = await heap()
  } finally {
    flights.close()
    await app.close()
    await monitor.close()
    versions.close()
    await bundle.remove()
    await rm(stateFolder, { recursive: true, force: true })
  }
  return result
}

if (process.argv[1] === import.meta.filename) {
  const result = await fuzz(Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 1))
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
