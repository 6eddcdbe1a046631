/** A network large enough to be scored in batches on its thread, in the bundle's own server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import os from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type Child, keepAliveClient, type Sent, startChild } from '../serving/testing/child-servers.ts'
import { type WrittenBundle, writeBundle } from '../serving/testing/write-bundle.ts'

let bundle: WrittenBundle
let scratch: string
let states = 0
let children: Child[] = []
test.beforeAll(async () => {
  bundle = await writeBundle('binary', { withServer: true, hidden: [1024, 1024, 512] })
  scratch = await mkdtemp(join(os.tmpdir(), 'slipway-large-'))
})
test.afterEach(async () => {
  for (const child of children) {
    child.process.kill('SIGKILL')
    await child.ended
  }
  children = []
})
test.afterAll(() => Promise.all([bundle.remove(), rm(scratch, { recursive: true, force: true })]))

function start(env: Record<string, string> = {}, args: readonly string[] = []): Child {
  // On a fast machine it would be scored in the request's own turn.
  const batched = { SLIPWAY_BATCH_MICROSECONDS: '1', ...env }
  const child = startChild(bundle.folder, ['--state', join(scratch, String(++states)), ...args], batched)
  children.push(child)
  return child
}

const metrics = async (url: string) => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1])
}

const keyed = (row: number) => {
  const [no, yes] = bundle.sample.probabilities?.[row] ?? []
  return { No: no, Yes: yes }
}

for (const workers of ['1', '2']) {
  test(`requests at once are scored together and answered with their own numbers by ${workers} worker(s)`, async () => {
    const child = start({}, ['--workers', workers])
    const url = await child.ready
    const client = keepAliveClient(32)
    const { rows, predictions } = bundle.sample
    const rounds = 4
    const sent = Array.from({ length: rounds }, () => rows)
      .flat()
      .map((row) => client.send(`${url}/predict`, [row]))
    const whole = client.send(`${url}/predict`, rows)
    for (const [i, answer] of (await Promise.all(sent)).entries()) {
      const row = i % rows.length
      expect(answer.status).toBe(200)
      const { prediction, probabilities } = JSON.parse(answer.text)
      expect([prediction, probabilities]).toEqual([[predictions[row]], [keyed(row)]])
    }
    expect(JSON.parse((await whole).text)).toMatchObject({
      prediction: predictions,
      probabilities: rows.map((_, row) => keyed(row)),
    })
    client.close()
    const metric = await metrics(url)
    const scored = (rounds + 1) * rows.length
    expect(metric('slipway_thread_batch_rows_sum')).toBe(scored)
    expect(metric('slipway_batch_rows_count')).toBe(rounds * rows.length + 1)
    // Fewer batches than requests: they were put together.
    expect(metric('slipway_thread_batch_rows_count')).toBeLessThan((rounds * rows.length) / 2)
    expect(metric('slipway_queued_rows')).toBe(0)
  })
}

test('requests one after another on a connection are answered in their order', async () => {
  const url = new URL(await start().ready)
  const { rows, probabilities } = bundle.sample
  const requests = rows.map((row) => {
    const body = JSON.stringify([row])
    return `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  })
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname)
    let answers = ''
    socket.on('error', reject)
    socket.on('data', (bytes) => {
      answers += bytes
      if (answers.split('"model":{').length > rows.length) {
        socket.destroy()
        resolve(answers)
      }
    })
    socket.write(requests.join(''))
  })
  const found = [...text.matchAll(/"Yes":([\d.e-]+)/g)].map((match) => Number(match[1]))
  expect(found).toEqual(probabilities?.map((row) => row[1]))
})

test('more rows than may wait are refused with 503 and Retry-After, and the rest is answered', async () => {
  const url = await start({ SLIPWAY_QUEUE_ROWS: '100' }).ready
  const client = keepAliveClient(40)
  const { rows, predictions } = bundle.sample
  const answers = await Promise.all(Array.from({ length: 40 }, () => client.send(`${url}/predict`, rows)))
  client.close()
  const of = (status: number) => answers.filter((answer: Sent) => answer.status === status)
  expect(of(200).length + of(503).length).toBe(answers.length)
  expect(of(503).length).toBeGreaterThan(0)
  expect(of(200).length).toBeGreaterThan(1)
  for (const { headers, text } of of(503)) {
    expect([headers['retry-after'], JSON.parse(text).error.code]).toEqual(['1', 'overloaded'])
  }
  for (const { text } of of(200)) expect(JSON.parse(text).prediction).toEqual(predictions)
})
