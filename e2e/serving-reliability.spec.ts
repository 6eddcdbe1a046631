/** What must hold when processes are killed or asked to stop while requests are on their way. */
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import os from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type Child, keepAliveClient, startChild } from '../serving/testing/child-servers.ts'
import { type WrittenBundle, writeBundle } from '../serving/testing/write-bundle.ts'

let bundle: WrittenBundle
let other: WrittenBundle
let scratch: string
let children: Child[] = []
let states = 0
test.beforeAll(async () => {
  bundle = await writeBundle('binary', { withServer: true })
  other = await writeBundle('binary', { withServer: true, version: 4, seed: 99 })
  scratch = await mkdtemp(join(os.tmpdir(), 'slipway-reliability-'))
})
test.afterEach(async () => {
  for (const child of children) {
    child.process.kill('SIGKILL')
    await child.ended
  }
  children = []
})
test.afterAll(async () => {
  await Promise.all([bundle.remove(), other.remove(), rm(scratch, { recursive: true, force: true })])
})

function start(
  args: readonly string[] = [],
  env: Record<string, string> = {},
  folder = bundle.folder,
): Child {
  const child = startChild(folder, ['--state', join(scratch, String(++states)), ...args], env)
  children.push(child)
  return child
}

/** The process that answered, from the request id that it made. */
const pidOf = (headers: Record<string, string | string[] | undefined>): number =>
  Number.parseInt(String(headers['x-request-id']).split('-')[1] ?? '', 36)

const metric = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1])
}

test.describe('several workers', () => {
  test('answer with one set of metrics, windows and feedback, and lose no accepted feedback to kill -9', async () => {
    const child = start(['--workers', '2'])
    const url = await child.ready
    const client = keepAliveClient(8)
    const [row] = bundle.sample.rows
    const accepted: string[] = []
    const pids = new Set<number>()
    let running = true
    let answered = 0
    const load = Array.from({ length: 8 }, async () => {
      while (running) {
        const predicted = await client.send(`${url}/predict`, [row])
        if (predicted.status !== 200) continue
        answered++
        pids.add(pidOf(predicted.headers))
        const [id] = JSON.parse(predicted.text).ids
        const kept = await client.send(`${url}/feedback`, { feedback: [{ id, actual: 'Yes' }] })
        if (kept.status !== 200) continue
        // Whichever worker issued the id, the one that was asked knows it.
        expect(JSON.parse(kept.text)).toEqual({ accepted: 1, unknown: [] })
        accepted.push(id)
      }
    })
    await expect.poll(() => pids.size === 2 && accepted.length > 50, { timeout: 20_000 }).toBe(true)
    const [victim = 0] = pids
    process.kill(victim, 'SIGKILL')
    const before = accepted.length
    await expect.poll(() => accepted.length > before + 50, { timeout: 20_000 }).toBe(true)
    // Another one takes its place.
    await expect.poll(() => metric(url, 'slipway_workers'), { timeout: 20_000 }).toBe(2)
    running = false
    await Promise.all(load)
    client.close()
    const kept = new Set<string>()
    for (let since = 0; ; ) {
      const text = await (await fetch(`${url}/monitoring/predictions?since=${since}`)).text()
      const entries = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      for (const entry of entries) if (entry.type === 'feedback') kept.add(entry.id)
      const { next } = entries.at(-1)
      if (next === since) break
      since = next
    }
    expect(accepted.filter((id) => !kept.has(id))).toEqual([])
    // Counts of the killed worker's last moment may be gone, and nothing is counted twice.
    const rows = await metric(url, 'slipway_rows_total')
    expect(rows).toBeGreaterThan(answered / 2)
    expect(rows).toBeLessThanOrEqual(answered + 16)
    child.process.kill('SIGTERM')
    expect(await child.ended).toBe(0)
  })

  test('swap to another version together, also those that start later', async () => {
    const child = start(['--workers', '2'])
    const url = await child.ready
    const client = keepAliveClient(8)
    const answer = await client.send(`${url}/admin/model`, { bundle: other.folder })
    expect(JSON.parse(answer.text)).toMatchObject({ active: { version: 4 } })
    const seen = new Map<number, number>()
    const look = async () => {
      for (let i = 0; i < 8; i++) {
        const fresh = keepAliveClient(1)
        const { status, text, headers } = await fresh.send(`${url}/predict`, bundle.sample.rows)
        fresh.close()
        if (status === 200) seen.set(pidOf(headers), JSON.parse(text).model.version)
      }
    }
    await look()
    const [victim = 0] = seen.keys()
    expect(seen.size).toBe(2)
    process.kill(victim, 'SIGKILL')
    await expect
      .poll(
        async () => {
          await look().catch(() => {})
          return seen.size
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(2)
    expect(new Set(seen.values())).toEqual(new Set([4]))
    expect((await client.send(`${url}/admin/model`, { bundle: scratch })).status).toBe(409)
    client.close()
  })
})

test.describe('a worker that is killed', () => {
  test('leaves no client waiting whose connection was on its way to it', async () => {
    const child = start(['--workers', '2'])
    const { port } = new URL(await child.ready)
    const pids = new Set<number>()
    while (pids.size < 2) {
      const client = keepAliveClient(1)
      pids.add(pidOf((await client.send(`http://127.0.0.1:${port}/predict`, bundle.sample.rows)).headers))
      client.close()
    }
    // A worker that stands still takes no connection: the next ones stay on their way to it.
    const [victim = 0] = pids
    process.kill(victim, 'SIGSTOP')
    const ends = Array.from(
      { length: 6 },
      () =>
        new Promise<string>((resolve) => {
          const socket = connect(Number(port), '127.0.0.1')
          let answer = ''
          socket.on('data', (bytes) => {
            answer += bytes
          })
          socket.on('error', () => {})
          socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''))
          socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
        }),
    )
    const settled = Promise.all(ends)
    // Some of them are answered by the other worker; that says the rest is with this one.
    await Promise.any(ends)
    process.kill(victim, 'SIGKILL')
    const answers = await settled
    expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 200 OK', '']))
  })
})

test.describe('limits', () => {
  test('of a client’s rate hold over all workers, and those below one for each are refused', async () => {
    const child = start(['--workers', '2', '--rate', '5'])
    const url = await child.ready
    const begun = performance.now()
    const statuses: (number | null)[] = []
    const waits = new Set<unknown>()
    for (let i = 0; i < 40; i++) {
      // A connection each, so that they are handed out in turn.
      const client = keepAliveClient(1)
      const { status, headers } = await client.send(`${url}/predict`, bundle.sample.rows)
      client.close()
      statuses.push(status)
      if (status === 429) waits.add(headers['retry-after'])
    }
    const seconds = (performance.now() - begun) / 1000
    const passed = statuses.filter((status) => status === 200).length
    expect(passed).toBeGreaterThanOrEqual(5)
    expect(passed).toBeLessThanOrEqual(5 + Math.ceil(seconds * 5))
    expect(new Set(statuses)).toEqual(new Set([200, 429]))
    expect([...waits]).toEqual(['1'])
    const health = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/health/ready`)))
    expect(health.every((answer) => answer.status === 200)).toBe(true)

    const few = start(['--workers', '2'], { SLIPWAY_INFLIGHT: '1' })
    expect(await few.ended).toBe(1)
    expect(few.log()).toContain('SLIPWAY_INFLIGHT is 1, expected at least 1 for each of the 2 workers.')
  })

  test('of requests in flight hold over all workers', async () => {
    const child = start(['--workers', '2'], { SLIPWAY_INFLIGHT: '4', SLIPWAY_REQUEST_SECONDS: '2' })
    const { port } = new URL(await child.ready)
    // Requests whose body does not come: each is in flight until it is given up.
    const first = await Promise.all(
      Array.from(
        { length: 8 },
        () =>
          new Promise<string>((resolve) => {
            const socket = connect(Number(port), '127.0.0.1')
            socket.on('error', () => {})
            socket.once('data', (bytes) => {
              resolve(String(bytes).split('\r\n')[0] ?? '')
              socket.destroy()
            })
            socket.write('POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n')
          }),
      ),
    )
    const count = (status: string) => first.filter((line) => line === `HTTP/1.1 ${status}`).length
    expect([count('429 Too Many Requests'), count('504 Gateway Timeout')]).toEqual([4, 4])
  })
})

test.describe('SIGTERM under load', () => {
  for (const workers of ['1', '2']) {
    test(`answers every request that was accepted by ${workers} worker(s), and ends with 0`, async () => {
      const child = start(['--workers', workers], {
        SLIPWAY_STOP_DELAY_SECONDS: '0.2',
        SLIPWAY_LINGER_SECONDS: '3',
      })
      const url = await child.ready
      const client = keepAliveClient(16)
      const failures: (string | null)[] = []
      let answered = 0
      let refused = false
      let unready = false
      const load = Array.from({ length: 16 }, async () => {
        while (!refused) {
          const { status, failure } = await client.send(`${url}/predict`, bundle.sample.rows)
          if (failure === 'ECONNREFUSED') refused = true
          else if (status === 200) answered++
          else failures.push(failure ?? String(status))
        }
      })
      await expect.poll(() => answered > 200, { timeout: 20_000 }).toBe(true)
      child.process.kill('SIGTERM')
      const probe = keepAliveClient(1)
      while (!refused && !unready) {
        const status = await fetch(`${url}/health/ready`).then(
          (response) => response.status,
          () => null,
        )
        if (status === 503) unready = true
      }
      probe.close()
      await Promise.all(load)
      client.close()
      expect(failures).toEqual([])
      // Readiness says no while connections are still taken, so that a balancer can turn away.
      expect(unready).toBe(true)
      expect(await child.ended).toBe(0)
    })
  }
})

test.describe('two versions', () => {
  test('serve side by side, each with its own state', async () => {
    const [three, four] = [start(), start([], {}, other.folder)]
    const urls = await Promise.all([three.ready, four.ready])
    const client = keepAliveClient(2)
    const answers = await Promise.all(urls.map((url) => client.send(`${url}/predict`, bundle.sample.rows)))
    expect(answers.map(({ text }) => JSON.parse(text).model.version)).toEqual([3, 4])
    const [id] = JSON.parse(answers[0]?.text ?? '').ids
    const strange = await client.send(`${urls[1]}/feedback`, { feedback: [{ id, actual: 'Yes' }] })
    expect(JSON.parse(strange.text)).toEqual({ accepted: 0, unknown: [id] })
    client.close()
  })
})

test.describe('slow clients', () => {
  test('cannot hold a connection by sending headers or a body a byte at a time', async () => {
    const child = start([], { SLIPWAY_HEADER_SECONDS: '0.5', SLIPWAY_REQUEST_SECONDS: '0.5' })
    const { port } = new URL(await child.ready)
    const drip = (begin: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1')
        let answer = ''
        const timer = setInterval(() => socket.write('a'), 100)
        socket.on('data', (bytes) => {
          answer += bytes
        })
        socket.on('error', () => {})
        socket.on('close', () => {
          clearInterval(timer)
          resolve(answer.split('\r\n')[0] ?? '')
        })
        socket.write(begin)
      })
    const slow = await Promise.all([
      drip('POST /predict HTTP/1.1\r\nhost: x\r\nx-a: '),
      drip('POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n'),
      drip('POST /feedback HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n'),
    ])
    expect(slow).toEqual([
      'HTTP/1.1 408 Request Timeout',
      'HTTP/1.1 504 Gateway Timeout',
      'HTTP/1.1 504 Gateway Timeout',
    ])
  })

  test('are cut off where their body is over the limit, said or not', async () => {
    const child = start([], { SLIPWAY_BODY_BYTES: '1000' })
    const { port } = new URL(await child.ready)
    const send = (head: string) =>
      new Promise<{ status: string; sent: number }>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1')
        let answer = ''
        let sent = 0
        const timer = setInterval(() => {
          socket.write(`400\r\n${'a'.repeat(0x400)}\r\n`)
          sent += 0x400
        }, 5)
        socket.on('data', (bytes) => {
          answer += bytes
        })
        socket.on('error', () => {})
        socket.on('close', () => {
          clearInterval(timer)
          resolve({ status: answer.split('\r\n')[0] ?? '', sent })
        })
        socket.write(head)
      })
    for (const length of ['content-length: 100000000', 'transfer-encoding: chunked']) {
      const { status, sent } = await send(`POST /predict HTTP/1.1\r\nhost: x\r\n${length}\r\n\r\n`)
      expect([length, status]).toEqual([length, 'HTTP/1.1 413 Payload Too Large'])
      expect(sent).toBeLessThan(1_000_000)
    }
  })
})
