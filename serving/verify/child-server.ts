import { type ChildProcess, spawn } from 'node:child_process'
import { Agent, request } from 'node:http'

export interface Answer {
  status: number
  text: string
  ms: number
}

/** A server of the bundle in a process of its own, with an empty environment, that ends with this process however it ends. */
export interface ChildServer {
  endpoint: string
  /** From the start of the process to its ready line. */
  readyMs: number
  post(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    contentType?: string,
    accept?: string,
  ): Promise<Answer>
  get(path: string): Promise<Answer>
  /** Asks it to stop; answers with its exit code, null where a signal ended it. */
  stop(): Promise<number | null>
}

const readyLine = /^ready (http:\/\/127\.0\.0\.1:(\d+)) in /m

function waitForReady(child: ChildProcess, timeoutMs: number): Promise<{ endpoint: string; port: number }> {
  return new Promise((resolve, reject) => {
    let out = ''
    let problems = ''
    const late = setTimeout(
      () => reject(new Error(`not ready within ${timeoutMs / 1000} s. ${problems}`)),
      timeoutMs,
    )
    child.stdout?.on('data', (bytes: Buffer) => {
      out += bytes.toString()
      const match = readyLine.exec(out)
      if (!match) return
      clearTimeout(late)
      resolve({ endpoint: String(match[1]), port: Number(match[2]) })
    })
    child.stderr?.on('data', (bytes: Buffer) => {
      if (problems.length < 4000) problems += bytes.toString()
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`ended with exit code ${code} before it was ready. ${problems.trim()}`))
    })
  })
}

/**
 * Starts `entry serve` on a free port of the loopback address.
 *
 * @param entry the bundle's `server.mjs`
 * @param stateFolder where the child keeps its windows, outside the bundle
 * @param signal ends the child at once, whatever it does
 */
export async function startChildServer(
  entry: string,
  stateFolder: string,
  signal?: AbortSignal,
): Promise<ChildServer> {
  const begun = performance.now()
  // Windows cannot open sockets without SystemRoot; elsewhere the environment is empty.
  const { SystemRoot } = process.env
  const env: Record<string, string> = SystemRoot === undefined ? {} : { SystemRoot }
  const child = spawn(process.execPath, [entry, 'serve', '--port', '0', '--state', stateFolder], {
    env: { ...env },
    // The channel carries nothing: it closes when this process is gone, killed or not, and the server stops then.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.channel?.unref()
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const kill = () => {
    child.kill('SIGKILL')
  }
  process.once('exit', kill)
  signal?.addEventListener('abort', kill, { once: true })
  if (signal?.aborted) kill()
  exited.finally(() => {
    process.removeListener('exit', kill)
    signal?.removeEventListener('abort', kill)
  })
  let where: { endpoint: string; port: number }
  try {
    where = await waitForReady(child, 30_000)
  } catch (error) {
    kill()
    throw error
  }
  const readyMs = performance.now() - begun
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | null,
    type: string,
    accept: string,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = performance.now()
      const headers =
        body === null ? {} : { accept, 'content-type': type, 'content-length': Buffer.byteLength(body) }
      const outgoing = request(
        { host: '127.0.0.1', port: where.port, method, path, headers, agent },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString(),
              ms: performance.now() - sent,
            }),
          )
          response.on('error', reject)
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body ?? undefined)
    })
  return {
    endpoint: where.endpoint,
    readyMs,
    post: (path, body, contentType = 'application/json', accept = '*/*') =>
      send('POST', path, body, contentType, accept),
    get: (path) => send('GET', path, null, '', ''),
    async stop() {
      agent.destroy()
      child.kill('SIGTERM')
      const late = setTimeout(kill, 10_000)
      const code = await exited
      clearTimeout(late)
      return code
    },
  }
}
