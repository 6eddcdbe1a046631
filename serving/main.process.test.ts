import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { reportSchema } from '../shared/bundle/check.ts'
import { parseCsv } from './rows/csv.ts'
import { endChild } from './testing/end-child.ts'
import { type WrittenBundle, writeBundle } from './testing/write-bundle.ts'

let bundle: WrittenBundle
let scratch: string
const children: ChildProcess[] = []

beforeAll(async () => {
  bundle = await writeBundle('binary', { withServer: true })
  scratch = await mkdtemp(join(os.tmpdir(), 'slipway-main-'))
})
afterEach(async () => {
  await Promise.all(children.map((child) => endChild(child, 'SIGKILL')))
  children.length = 0
})
afterAll(async () => {
  await bundle.remove()
  await rm(scratch, { recursive: true, force: true })
})

interface Run {
  child: ChildProcess
  ended: Promise<{ code: number | null; out: string; err: string }>
  ready: Promise<string>
}

function run(args: readonly string[], options: { folder?: string; env?: Record<string, string> } = {}): Run {
  const child = spawn(process.execPath, [join(options.folder ?? bundle.folder, 'server.mjs'), ...args], {
    env: { ...options.env },
  })
  children.push(child)
  let out = ''
  let err = ''
  child.stderr.on('data', (bytes) => {
    err += bytes
  })
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, err })),
  )
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (bytes) => {
      out += bytes
      const match = /^ready (\S+) in \d+ ms$/m.exec(out)
      if (match?.[1]) resolve(match[1])
    })
    ended.then(({ code }) => reject(new Error(`ended with ${code} before it was ready: ${err}`)))
  })
  ready.catch(() => {})
  return { child, ended, ready }
}

let states = 0
const serveArgs = (state = join(scratch, `state-${++states}`)) => ['serve', '--port', '0', '--state', state]

const post = async (url: string, body: unknown) =>
  (
    await fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  ).json()

describe('serve', () => {
  it('refuses to serve with a changed byte, naming the file', async () => {
    const copy = join(scratch, 'changed')
    await cp(bundle.folder, copy, { recursive: true })
    const weights = await readFile(join(copy, 'model', 'weights.bin'))
    weights[0] = (weights[0] ?? 0) ^ 1
    await writeFile(join(copy, 'model', 'weights.bin'), weights)
    const { code, err } = await run(serveArgs(), { folder: copy }).ended
    expect(code).toBe(1)
    expect(err).toContain('model/weights.bin was changed')
    expect(err).not.toMatch(/^\s+at /m)
  })

  it('names the port that is in use and ends with 1', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const { code, err } = await run(['serve', '--port', String(port), '--state', join(scratch, 'busy')]).ended
    await new Promise((resolve) => other.close(resolve))
    expect(code).toBe(1)
    expect(err).toContain(`Port ${port} on 127.0.0.1 is in use`)
  })

  it('tells wrong usage from failure', async () => {
    for (const args of [['serve', '--prot', '1'], ['serve', '--port', 'x'], ['score', 'a.csv'], ['fly']]) {
      const { code, err } = await run(args).ended
      expect([args, code]).toEqual([args, 2])
      expect(err).toContain('Usage:')
    }
    expect((await run(['--help']).ended).code).toBe(0)
  })

  it('finishes what is in flight on SIGTERM, takes nothing new, and ends with 0', async () => {
    const server = run(serveArgs())
    const url = await server.ready
    const body = JSON.stringify(bundle.sample.rows)
    const answer = new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const outgoing = request(`${url}/predict`, {
        method: 'POST',
        headers: { 'content-length': Buffer.byteLength(body) },
      })
      outgoing.on('error', reject)
      outgoing.on('response', (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode, text }))
      })
      outgoing.write(body.slice(0, 10))
      // The rest follows only once the server has been asked to stop and refuses new connections.
      const finish = async () => {
        const inflight = async () =>
          (await (await fetch(`${url}/metrics`)).text()).includes('inflight_requests 1')
        while (!(await inflight())) await new Promise((done) => setTimeout(done, 10))
        server.child.kill('SIGTERM')
        while (
          await fetch(`${url}/ping`, { headers: { connection: 'close' } }).then(
            (r) => r.ok,
            () => false,
          )
        ) {
          await new Promise((done) => setTimeout(done, 10))
        }
        outgoing.end(body.slice(10))
      }
      finish().catch(reject)
    })
    const { status, text } = await answer
    expect(status).toBe(200)
    expect(JSON.parse(text).prediction).toEqual(bundle.sample.predictions)
    expect((await server.ended).code).toBe(0)
  })

  it('keeps feedback over a kill, knows the ids of before, and takes a repeat as one', async () => {
    const args = serveArgs()
    const first = run(args)
    const url = await first.ready
    const { ids } = await post(`${url}/predict`, bundle.sample.rows)
    const feedback = { feedback: [{ id: ids[1], actual: 'Yes' }] }
    expect(await post(`${url}/feedback`, feedback)).toEqual({ accepted: 1, unknown: [] })
    first.child.kill('SIGKILL')
    await first.ended

    const second = await run(args).ready
    expect(await post(`${second}/feedback`, feedback)).toEqual({ accepted: 1, unknown: [] })
    const log = await (await fetch(`${second}/monitoring/predictions?since=0`)).text()
    const kept = log.split('\n').filter((line) => line.includes('"type":"feedback"'))
    expect(kept).toHaveLength(1)
    expect(kept[0]).toContain(ids[1])
    expect(log.split('\n').filter((line) => line.includes('"type":"prediction"'))).toHaveLength(ids.length)
  })

  it('keeps the open window on SIGTERM, so that the next process serves it closed', async () => {
    const args = serveArgs()
    const first = run(args)
    await post(`${await first.ready}/predict`, bundle.sample.rows)
    first.child.kill('SIGTERM')
    expect((await first.ended).code).toBe(0)
    const second = await run(args).ready
    const [line = ''] = (await (await fetch(`${second}/monitoring/windows`)).text()).split('\n')
    expect(JSON.parse(line)).toMatchObject({
      cursor: 1,
      open: false,
      requests: 1,
      rows: bundle.sample.rows.length,
    })
  })

  it('goes on after a kill left half a line in its state', async () => {
    const args = serveArgs()
    const state = args[4] ?? ''
    const first = run(args)
    await post(`${await first.ready}/predict`, bundle.sample.rows)
    first.child.kill('SIGTERM')
    await first.ended
    await appendFile(join(state, 'windows.ndjson'), '{"cursor":2,"inst')
    const second = run(args)
    await post(`${await second.ready}/predict`, bundle.sample.rows)
    second.child.kill('SIGTERM')
    await second.ended
    const lines = (await readFile(join(state, 'windows.ndjson'), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).cursor)).toEqual([1, 2])
  })
})

describe('score and verify', () => {
  it('scores a file from the command line', async () => {
    const input = join(scratch, 'in.ndjson')
    const output = join(scratch, 'out.csv')
    await writeFile(input, bundle.sample.rows.map((row) => JSON.stringify(row)).join('\n'))
    expect((await run(['score', input, output]).ended).code).toBe(0)
    const [header = [], ...rows] = parseCsv(await readFile(output, 'utf8'))
    expect(header.slice(-3)).toEqual(['prediction', 'probability_No', 'probability_Yes'])
    expect(rows.map((cells) => cells.at(-3))).toEqual(bundle.sample.predictions)
  })

  it('says what to do about a damaged file and about one that is not there', async () => {
    await writeFile(join(scratch, 'a.parquet'), 'PAR1')
    const parquet = await run(['score', join(scratch, 'a.parquet'), join(scratch, 'b.csv')]).ended
    expect([parquet.code, parquet.err]).toEqual([1, expect.stringMatching(/a\.parquet is .*damaged/)])
    const missing = await run(['score', join(scratch, 'none.csv'), join(scratch, 'b.csv')]).ended
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('none.csv does not exist')])
  })

  it('verifies a whole bundle by booting it and replaying its recorded rows', async () => {
    const { code, out } = await run(['verify', '--json', '--allow-unsigned']).ended
    const report = reportSchema.parse(JSON.parse(out))
    expect(report.checks.filter((check) => check.status === 'failed')).toEqual([])
    expect([code, report.ok]).toEqual([0, true])
  })

  it('fails the verification of a bundle without a signature, and says how to check the rest', async () => {
    const refused = await run(['verify']).ended
    const said = 'Manifest is signed: it is not signed: nobody vouches for its files. --allow-unsigned checks'
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining(`FAILED      ${said}`)])
  })

  it('fails the verification of a bundle with a changed and an added file', async () => {
    const copy = join(scratch, 'tampered')
    await cp(bundle.folder, copy, { recursive: true })
    await appendFile(join(copy, 'card.md'), '.')
    await copyFile(join(copy, 'card.md'), join(copy, 'more.md'))
    const { code, out } = await run(['verify'], { folder: copy }).ended
    expect(code).toBe(1)
    expect(out).toContain('card.md was changed')
    expect(out).toContain('more.md is not in the manifest')
  })
})
