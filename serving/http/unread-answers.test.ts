import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { serversUnderTest } from '../testing/servers-under-test.ts'
import { endUnreadAnswers } from './unread-answers.ts'

const { bundles, start } = serversUnderTest()
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.length = 0
})

/** A client that sends a request and reads nothing until it is told to. */
function silentClient(port: number, request: string): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(request))
  socket.on('error', () => {})
  socket.pause()
  sockets.push(socket)
  return socket
}

describe('a client that reads nothing of its answer', () => {
  it('is disconnected after the time of a request, and its connection goes to another', async () => {
    const url = await start('binary', { connections: 1, requestSeconds: 1, rowsPerRequest: 60_000 })
    const [row] = bundles.binary.sample.rows
    const body = JSON.stringify(new Array(60_000).fill(row))
    const head = `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
    silentClient(Number(new URL(url).port), head + body)
    const answers = () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    await expect.poll(answers, { timeout: 2_000 }).toBe(false)
    await expect.poll(answers, { timeout: 15_000, interval: 250 }).toBe(true)
  })

  it('is not one that reads slowly: every byte that leaves begins the time anew', async () => {
    const answer = Buffer.alloc(24 * 1024 * 1024, 'x')
    const server = createServer((_request, response) => response.end(answer))
    const endWatch = endUnreadAnswers(server, 2, false)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = silentClient(port, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    let bytes = 0
    client.on('data', (chunk) => {
      bytes += chunk.length
      client.pause()
    })
    // At most 128 KB at a time, so that all of it takes longer than the limit.
    const reading = setInterval(() => client.resume(), 12)
    await new Promise((resolve) => client.once('end', resolve))
    clearInterval(reading)
    expect(bytes).toBeGreaterThan(answer.length)
    endWatch()
    server.close()
  })
})
