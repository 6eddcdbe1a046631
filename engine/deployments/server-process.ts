import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

/** A running server: what it calls itself tells it from another process that got its pid. */
export interface ServerIdentity {
  pid: number
  instance: string
}

const liveSchema = z.object({ live: z.literal(true), instance: z.string() })

export const endpointOf = (port: number): string => `http://127.0.0.1:${port}`

/**
 * What the process behind a port calls itself; null when nothing of ours answers there within two seconds. Asked on a
 * new connection each time: one that was kept would reach its worker also when the process that hands out connections
 * hangs.
 */
export function instanceAt(port: number): Promise<string | null> {
  const asked = { host: '127.0.0.1', port, path: '/health/live', agent: false }
  return new Promise((resolve) => {
    const late = setTimeout(() => request.destroy(), 2000)
    const request = get(asked, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.once('end', () => {
        const live = liveSchema.safeParse(jsonOf(text))
        resolve(live.success ? live.data.instance : null)
      })
    })
    request.once('error', () => resolve(null))
    request.once('close', () => {
      clearTimeout(late)
      resolve(null)
    })
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** One that ended but was not collected by its parent: containers often have nobody who collects orphans. */
function isDefunct(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false
  }
}

/** Whether there is a process of that number, ours or another. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isDefunct(pid)
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A server finishes what is in flight for 30 seconds at most. */
const usualPatienceMs = 35_000

/** With all that it started, where the system groups processes. */
function killWhole(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

const goneWithinMs = 5_000

/** The system takes a moment to end a process, and longer one that waits for a disk: not for ever is it waited for. */
async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + goneWithinMs
  while (isAlive(pid) && Date.now() < deadline) await wait(5)
}

/**
 * Asks a server of ours to finish and waits for its end; one that takes too long is ended, with its workers.
 *
 * @param patienceMs how long it may finish what is in flight
 */
export async function endServer(pid: number, { patienceMs = usualPatienceMs } = {}): Promise<void> {
  if (!isAlive(pid)) return
  if (patienceMs > 0) process.kill(pid, 'SIGTERM')
  const deadline = Date.now() + patienceMs
  while (isAlive(pid)) {
    if (Date.now() >= deadline) {
      killWhole(pid)
      await untilGone(pid)
      return
    }
    await wait(25)
  }
}

/** The same of a server that somebody else started; one that is not behind the port is left alone. */
export async function stopServer(port: number, { pid, instance }: ServerIdentity): Promise<void> {
  if (isAlive(pid) && (await instanceAt(port)) === instance) await endServer(pid)
}
