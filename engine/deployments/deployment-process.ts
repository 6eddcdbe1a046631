import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { bundleNode, readBundleManifest } from '../bundles/read-bundle.ts'
import type { DeploymentRecord } from './deployment-store.ts'
import type { ProcessPort } from './process-port.ts'

export type RunningProcess = NonNullable<DeploymentRecord['process']>

const loggedSchema = z.looseObject({ msg: z.string() })
const liveSchema = z.object({ live: z.literal(true), instance: z.string() })

export const endpointOf = (port: number): string => `http://127.0.0.1:${port}`

/** What the process behind a port calls itself; null when nothing of ours answers there. */
export async function instanceAt(port: number, fetching: typeof fetch = fetch): Promise<string | null> {
  try {
    const response = await fetching(`${endpointOf(port)}/health/live`, { signal: AbortSignal.timeout(2000) })
    return liveSchema.parse(await response.json()).instance
  } catch {
    return null
  }
}

/** Whether there is a process of that number, ours or another. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** What a log line says; a line that is none of ours is taken as it is. */
export function logText(line: string): string {
  try {
    const entry = loggedSchema.safeParse(JSON.parse(line))
    return entry.success ? entry.data.msg : line
  } catch {
    return line
  }
}

/** The last lines of a log, of which at most the last megabyte is read; none when there is no log. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return []
  try {
    const { size } = await file.stat()
    const length = Math.min(size, 1 << 20)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const lines = buffer.toString('utf8').split('\n')
    if (length < size) lines.shift()
    if (lines.at(-1) === '') lines.pop()
    return lines.slice(-count)
  } finally {
    await file.close()
  }
}

/** A process that is not ready by then has failed to start. */
export const startSeconds = 20

export const logFile = (folder: string): string => join(folder, 'log.ndjson')

/**
 * Starts a deployment's bundle as a process that outlives the engine; answers when the endpoint is ready.
 *
 * @param onStarted is told of the process before it is ready, so that an engine that ends now leaves a trace of it
 * @throws Failure `failed` with what the process said
 */
export async function startProcess(
  record: DeploymentRecord,
  folder: string,
  processes: ProcessPort,
  environment: Readonly<Record<string, string>>,
  onStarted: (started: RunningProcess) => Promise<void> = async () => {},
): Promise<RunningProcess> {
  const instance = randomBytes(6).toString('hex')
  const log = logFile(folder)
  const manifest = await readBundleManifest(record.bundle)
  const program = processes.start({
    script: join(record.bundle, 'server.mjs'),
    args: ['serve', '--host', '127.0.0.1', '--port', String(record.port), '--state', join(folder, 'state')],
    env: { ...environment, SLIPWAY_INSTANCE: instance },
    cwd: folder,
    detachedLog: log,
    ...bundleNode(record.bundle, manifest),
  })
  const state: { ended: boolean } = { ended: false }
  program.exited.then(() => {
    state.ended = true
  })
  const failed = async (why: string): Promise<Failure> => {
    const said = (await lastLines(log, 3)).map(logText).join(' ')
    return new Failure(
      'failed',
      `The deployment ${record.name} did not start: ${why}. ${said}`.trim(),
      'Correct what its log says and activate it again.',
    )
  }
  let pid: number
  try {
    pid = await program.pid
  } catch (error) {
    throw await failed(error instanceof Error ? error.message : String(error))
  }
  await onStarted({ pid, instance, since: new Date().toISOString() })
  const deadline = Date.now() + startSeconds * 1000
  for (let pause = 20; Date.now() < deadline; pause = Math.min(pause * 1.5, 200)) {
    if ((await instanceAt(record.port)) === instance)
      return { pid, instance, since: new Date().toISOString() }
    if (state.ended) throw await failed('its process ended')
    await wait(pause)
  }
  program.stop()
  throw await failed(`its endpoint was not ready within ${startSeconds} seconds`)
}

/**
 * Asks a deployment's process to finish and waits for its end; after 35 seconds it is ended.
 * A process that is not the deployment's (its pid was used again) is left alone.
 */
export async function stopProcess(record: DeploymentRecord): Promise<void> {
  const running = record.process
  if (running === null || !isAlive(running.pid)) return
  if ((await instanceAt(record.port)) !== running.instance) return
  process.kill(running.pid, 'SIGTERM')
  const deadline = Date.now() + 35_000
  while (isAlive(running.pid)) {
    if (Date.now() > deadline) {
      process.kill(running.pid, 'SIGKILL')
      return
    }
    await wait(25)
  }
}
