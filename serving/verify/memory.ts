import { connect } from 'node:net'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { ChildServer } from './child-server.ts'
import type { Outcomes } from './outcomes.ts'

const connections = 4
/** Requests of a connection that are on their way at once. */
const pipelined = 16
const mostRequests = 10_000
/** Rows of thousands of columns take megabytes a second: fewer of them, and still enough that keeping them is found. */
const mostBytes = 130e6
/** The share of the requests that the server's memory settles in. */
const warmUpShare = 0.2
/** Requests that keep 10 kB each are found, or those of wide rows that keep their body. */
const mostGrowth = 80e6
/** What the collector has not freed yet may exceed that once; what is kept grows as much every time. */
const rounds = 3
/** The limit of the deployment files that lie in the bundle. */
const mostMemory = 512 * 1024 * 1024

/** The bytes from `from` on of one whole answer and its status; null while some of it is still to come. */
function readAnswer(bytes: Buffer, from: number): { status: number; end: number } | null {
  const head = bytes.indexOf('\r\n\r\n', from)
  if (head < 0) return null
  const text = bytes.toString('latin1', from, head)
  const status = Number(text.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
  if (length === undefined) throw new Error(`an answer ${status} came without its length`)
  const end = head + 4 + Number(length)
  return end <= bytes.length ? { status, end } : null
}

/** Sends requests over one connection, several at once, and resolves when all are answered with 200. */
function sendMany(port: number, requests: readonly Buffer[], count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    let sent = 0
    let answered = 0
    let rest: Buffer = Buffer.alloc(0)
    const fail = (error: Error) => {
      socket.destroy()
      reject(error)
    }
    const send = () => {
      const next: Buffer[] = []
      for (; sent < count && sent - answered < pipelined; sent++) {
        const request = requests[sent % requests.length]
        if (request) next.push(request)
      }
      if (next.length > 0) socket.write(Buffer.concat(next))
    }
    socket.once('connect', send)
    socket.once('error', fail)
    socket.once('close', () => fail(new Error(`the connection ended after ${answered} of ${count} answers`)))
    socket.on('data', (chunk: Buffer) => {
      try {
        const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
        let at = 0
        for (let answer = readAnswer(bytes, at); answer !== null; answer = readAnswer(bytes, at)) {
          if (answer.status !== 200) {
            throw new Error(`request ${answered} was answered ${answer.status}`)
          }
          at = answer.end
          answered++
        }
        rest = bytes.subarray(at)
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)))
        return
      }
      if (answered < count) send()
      else {
        socket.destroy()
        resolve()
      }
    })
  })
}

async function residentBytes(server: ChildServer): Promise<number> {
  const { text } = await server.get('/metrics')
  const found = /^process_resident_memory_bytes(?:\{[^}]*\})? ([\d.e+]+)$/m.exec(text)?.[1]
  if (found === undefined) throw new Error('/metrics has no process_resident_memory_bytes')
  return Number(found)
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0)

/** How many requests of a mean size are sent: the same number over every connection, before and after the warm-up. */
export function requestsToSend(meanBytes: number): number {
  const step = connections / warmUpShare
  return Math.min(mostRequests, Math.max(1, Math.floor(mostBytes / meanBytes / step)) * step)
}

/**
 * Memory of the server's process after 10,000 requests of one row, and how much of it came with the last 8,000. Where
 * that is too much, another 8,000 and another tell what is kept from what is not collected yet. Fewer of wide rows.
 */
export async function measureMemory(model: LoadedModel, server: ChildServer): Promise<Outcomes> {
  const port = Number(new URL(server.endpoint).port)
  const requests = model.examples.rows.map((row) => {
    const body = JSON.stringify([row])
    const head = `POST /predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
    return Buffer.from(head + body)
  })
  if (requests.length === 0) return { passed: false, detail: 'there are no recorded rows to send' }
  const send = (count: number) =>
    Promise.all(Array.from({ length: connections }, () => sendMany(port, requests, count / connections)))
  const meanBytes = requests.reduce((sum, request) => sum + request.length, 0) / requests.length
  const soak = requestsToSend(meanBytes)
  const warmUp = soak * warmUpShare
  const size = soak < mostRequests ? ` of ${Math.round(meanBytes / 1000)} kB` : ''
  await send(warmUp)
  let sent = warmUp
  let before = await residentBytes(server)
  for (let round = 1; ; round++) {
    await send(soak - warmUp)
    sent += soak - warmUp
    const after = await residentBytes(server)
    const passed = after - before < mostGrowth && after < mostMemory
    const detail = `${megabytes(after)} MB after ${sent.toLocaleString('en')} requests${size}, ${megabytes(before)} MB after ${(sent - soak + warmUp).toLocaleString('en')}`
    if (passed || round === rounds) return { passed, detail }
    before = after
  }
}
