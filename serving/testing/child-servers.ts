import { type ChildProcess, spawn } from 'node:child_process'
import { Agent, request } from 'node:http'
import { join } from 'node:path'

export interface Child {
  process: ChildProcess
  /** Its endpoint, once it is ready. */
  ready: Promise<string>
  ended: Promise<number | null>
  log(): string
}

/** Starts a written bundle's own `server.mjs serve`. */
export function startChild(folder: string, args: readonly string[], env: Record<string, string> = {}): Child {
  const child = spawn(process.execPath, [join(folder, 'server.mjs'), 'serve', '--port', '0', ...args], {
    env,
  })
  let out = ''
  let log = ''
  child.stderr.on('data', (bytes) => {
    log += bytes
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (bytes) => {
      out += bytes
      const endpoint = /^ready (\S+) in \d+ ms$/m.exec(out)?.[1]
      if (endpoint) resolve(endpoint)
    })
    ended.then((code) => reject(new Error(`ended with ${code} before it was ready: ${log}`)))
  })
  ready.catch(() => {})
  return { process: child, ready, ended, log: () => log }
}

export interface Sent {
  /** Null where no whole answer came. */
  status: number | null
  /** Why, such as ECONNREFUSED. */
  failure: string | null
  text: string
  headers: Record<string, string | string[] | undefined>
}

/** A client that keeps its connections open, as a busy one does. */
export function keepAliveClient(connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    send: (url: string, body: unknown): Promise<Sent> =>
      new Promise((resolve) => {
        const text = JSON.stringify(body)
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
        const failed = (error: Error) =>
          resolve({
            status: null,
            failure: 'code' in error ? String(error.code) : error.message,
            text: '',
            headers: {},
          })
        const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
          let answer = ''
          response.on('data', (chunk) => {
            answer += chunk
          })
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? null,
              failure: null,
              text: answer,
              headers: response.headers,
            }),
          )
          response.on('error', failed)
        })
        // A connection that was on its way to a killed worker is answered by nobody.
        outgoing.setTimeout(5_000, () => outgoing.destroy(new Error('no answer in time')))
        outgoing.on('error', failed)
        outgoing.end(text)
      }),
    close: () => agent.destroy(),
  }
}
