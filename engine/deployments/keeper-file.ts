import { readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isAlive } from './server-process.ts'
import { writeInPlace } from './write-in-place.ts'

/** The file `.slipway/deployments/<name>/keeper.json`: how the deployment is. Its keeper alone writes it, once it runs. */
export const keeperStateSchema = z.strictObject({
  format: z.literal(1),
  /** Who keeps it. A keeper that reads another's id here was relieved. The pid is 0 until it runs. */
  keeper: z.strictObject({ id: z.string(), pid: z.number().int() }),
  phase: z.enum(['starting', 'running', 'waiting', 'stopping', 'stopped', 'failed']),
  /** The server that runs or ran last. The instance is what it calls itself, so that a reused pid is not taken for it. */
  server: z
    .strictObject({
      pid: z.number().int(),
      instance: z.string(),
      since: z.string(),
      /** How it writes its log. Keepers of before did not say: their servers hold it open. */
      log: z.enum(['path', 'handle']).default('handle'),
    })
    .nullable(),
  /** Restarts since it was last activated by hand. */
  restarts: z.number().int(),
  /** Of them, those since a server last ran well. */
  inARow: z.number().int(),
  lastExit: z.strictObject({ at: z.string(), reason: z.string() }).nullable(),
  /** When it is started again, while waiting. */
  nextStart: z.string().nullable(),
  /** Why it failed; empty otherwise. */
  problem: z.string(),
})
export type KeeperState = z.infer<typeof keeperStateSchema>

export const keeperStart = (id: string): KeeperState => ({
  format: 1,
  keeper: { id, pid: 0 },
  phase: 'starting',
  server: null,
  restarts: 0,
  inARow: 0,
  lastExit: null,
  nextStart: null,
  problem: '',
})

const fileOf = (folder: string) => join(folder, 'keeper.json')

/** How often a keeper shows that it is there, by touching its file. */
export const beatMs = 1_000
/** A file untouched for so long has no keeper; a process of its pid is then somebody else's. */
const silenceMs = 10_000

export const writeKeeperState = (folder: string, state: KeeperState): Promise<void> =>
  writeInPlace(fileOf(folder), `${JSON.stringify(state, null, 2)}\n`)

export async function touchKeeperState(folder: string, now = new Date()): Promise<void> {
  await utimes(fileOf(folder), now, now).catch(() => {})
}

/** Null when there is none, or none that can be read. */
export async function readKeeperState(folder: string): Promise<KeeperState | null> {
  try {
    return keeperStateSchema.parse(JSON.parse(await readFile(fileOf(folder), 'utf8')))
  } catch {
    return null
  }
}

const ended: ReadonlySet<KeeperState['phase']> = new Set(['stopped', 'failed'])

/** Whether a keeper watches over the deployment now; one that is about to start counts. */
export async function isKept(folder: string, state: KeeperState | null, now = Date.now()): Promise<boolean> {
  if (state === null || ended.has(state.phase)) return false
  const touched = await stat(fileOf(folder)).catch(() => null)
  if (touched === null || now - touched.mtimeMs > silenceMs) return false
  return state.keeper.pid === 0 || isAlive(state.keeper.pid)
}
