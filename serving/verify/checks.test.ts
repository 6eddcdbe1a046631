/** The checks find what they are there for: answers that are none, answers of other rows, and memory that stays. */
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type LoadedModel, loadModel } from '../bundle/load-model.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'
import type { ChildServer } from './child-server.ts'
import { replayExtremeValues } from './extreme-values.ts'
import { measureMemory, requestsToSend } from './memory.ts'
import { replayOneByOne } from './replay.ts'

let bundle: WrittenBundle
let model: LoadedModel
let server: Server | null = null

beforeAll(async () => {
  bundle = await writeBundle('binary')
  model = await loadModel(bundle.folder)
})
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = null
})
afterAll(() => bundle.remove())

type Answering = (path: string, body: string) => { status: number; text: string } | null

/** A server that answers as it is told; null ends the connection. */
async function serverThat(answering: Answering): Promise<ChildServer> {
  const own = createServer((request, response) => {
    let body = ''
    request.on('data', (bytes) => {
      body += bytes
    })
    request.on('end', () => {
      const answer = answering(request.url ?? '', body)
      if (answer === null) return request.socket.destroy()
      response.writeHead(answer.status, { 'content-length': Buffer.byteLength(answer.text) }).end(answer.text)
    })
  })
  server = own
  await new Promise<void>((listening) => own.listen(0, '127.0.0.1', listening))
  const address = own.address()
  const endpoint = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(endpoint + path, init)
    return { status: response.status, text: await response.text(), ms: 0 }
  }
  return {
    endpoint,
    readyMs: 0,
    post: (path, body) => ask(path, { method: 'POST', body }),
    get: (path) => ask(path, {}),
    stop: async () => 0,
  }
}

const scored = (no: number | null) =>
  JSON.stringify({ prediction: ['No'], probabilities: [{ No: no, Yes: 0 }], ids: ['a'] })

describe('extreme values', () => {
  it('must give a probability that is one', async () => {
    const odd = await serverThat((_, body) => ({
      status: 200,
      text: scored(body.includes('1e+30') ? null : 1),
    }))
    expect(await replayExtremeValues(model, odd)).toEqual({
      passed: false,
      detail: 'the number 1e+30 in "tenure": the probability of No was null',
    })
  })

  it('that no column can hold must be refused by the name of the column', async () => {
    const mild = await serverThat(() => ({ status: 200, text: scored(1) }))
    expect(await replayExtremeValues(model, mild)).toEqual({
      passed: false,
      detail: 'the number 1e400 in "tenure": it should be refused by name, the answer was 200',
    })
  })

  it('must be of the classes of the signature', async () => {
    const other = await serverThat(() => ({ status: 200, text: JSON.stringify({ prediction: ['Maybe'] }) }))
    expect((await replayExtremeValues(model, other)).detail).toContain('the prediction was "Maybe"')
  })
})

describe('one by one as in a batch', () => {
  it('holds where every row has its own answer, and fails where a row is answered by its neighbours', async () => {
    const { rows, predictions, probabilities = [] } = model.examples
    const places = new Map(rows.map((row, i) => [JSON.stringify(row), i]))
    const answering = (neighbours: boolean) =>
      serverThat((_, body) => {
        const asked: unknown[] = JSON.parse(body).data ?? JSON.parse(body)
        const found = asked.map((row) => places.get(JSON.stringify(row)) ?? 0)
        if (neighbours) found.sort((a, b) => a - b)
        const answer = {
          prediction: found.map((i) => predictions[i]),
          probabilities: found.map((i) => ({ No: probabilities[i]?.[0], Yes: probabilities[i]?.[1] })),
        }
        return { status: 200, text: JSON.stringify(answer) }
      })
    expect(await replayOneByOne(model, await answering(false))).toEqual({
      passed: true,
      detail: '40 rows, largest difference 0; in shuffled batches of 7: 40 rows, largest difference 0',
    })
    server?.close()
    const { passed, detail } = await replayOneByOne(model, await answering(true))
    expect(passed).toBe(false)
    expect(detail).toMatch(/^40 rows, largest difference 0; in shuffled batches of 7: \d+ of 40 rows differ/)
  })
})

describe('memory after 10,000 requests', () => {
  it('is that of the server after all of them, and fails where each request leaves something behind', async () => {
    let requests = 0
    const keeping = (bytesOfRequest: number) =>
      serverThat((path) => {
        if (path === '/predict') requests++
        const resident = 100e6 + requests * bytesOfRequest
        return { status: 200, text: `process_resident_memory_bytes ${resident}\n` }
      })
    expect(await measureMemory(model, await keeping(1000))).toEqual({
      passed: true,
      detail: '110 MB after 10,000 requests, 102 MB after 2,000',
    })
    expect(requests).toBe(10_000)
    server?.close()
    requests = 0
    expect(await measureMemory(model, await keeping(20_000))).toMatchObject({ passed: false })
  })

  it('looks again where the collector was late', async () => {
    let requests = 0
    const late = await serverThat((path) => {
      if (path === '/predict') requests++
      return { status: 200, text: `process_resident_memory_bytes ${requests < 10_000 ? 100e6 : 240e6}\n` }
    })
    expect(await measureMemory(model, late)).toEqual({
      passed: true,
      detail: '240 MB after 18,000 requests, 240 MB after 10,000',
    })
  })

  it('sends fewer requests of wide rows, enough to find bodies that are kept', async () => {
    expect(requestsToSend(100)).toBe(10_000)
    expect(requestsToSend(13_000)).toBe(10_000)
    for (const bytes of [13_100, 43_000, 200_000, 1_000_000]) {
      const count = requestsToSend(bytes)
      expect(count % 20).toBe(0)
      expect(count * bytes).toBeLessThanOrEqual(130e6)
      expect(0.8 * count * bytes).toBeGreaterThan(80e6)
    }
    const wide = { ...model, examples: { ...model.examples, rows: [{ text: 'x'.repeat(200_000) }] } }
    let requests = 0
    const counting = await serverThat((path) => {
      if (path === '/predict') requests++
      return { status: 200, text: 'process_resident_memory_bytes 90000000\n' }
    })
    expect(await measureMemory(wide, counting)).toEqual({
      passed: true,
      detail: '90 MB after 640 requests of 200 kB, 90 MB after 128',
    })
    expect(requests).toBe(640)
  })

  it('cannot be measured on a server that refuses or hangs up', async () => {
    const refusing = await serverThat(() => ({ status: 429, text: '' }))
    await expect(measureMemory(model, refusing)).rejects.toThrow('request 0 was answered 429')
    server?.close()
    let left = 100
    const failing = await serverThat(() => (left-- > 0 ? { status: 200, text: '' } : null))
    await expect(measureMemory(model, failing)).rejects.toThrow(/ended after \d+ of 500 answers|ECONNRESET/)
  })
})
