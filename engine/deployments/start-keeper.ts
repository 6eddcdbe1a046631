import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../shared/failure.ts'
import { isKept, type KeeperState, readKeeperState, writeKeeperState } from './keeper-file.ts'
import { logFile } from './log-file.ts'
import type { ProcessPort } from './process-port.ts'

const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './keeper-main.ts' : './keeper.mjs', import.meta.url),
)

export interface KeeperParts {
  /** Folder of all deployments. */
  home: string
  /** Folder of this one. */
  folder: string
  name: string
  processes: ProcessPort
  /** The whole environment of keeper and server. */
  environment: Readonly<Record<string, string>>
}

interface StartedKeeper {
  id: string
  ended: Promise<unknown>
}

/** Starts a keeper that outlives the engine. `before`: what it takes over. */
export async function startKeeper(parts: KeeperParts, before: KeeperState): Promise<StartedKeeper> {
  const { home, folder, name, processes, environment } = parts
  const id = randomBytes(6).toString('hex')
  await writeKeeperState(folder, { ...before, keeper: { id, pid: 0 } })
  const running = processes.start({
    script: program,
    args: [home, name, id],
    env: environment,
    cwd: folder,
    detachedLog: logFile(folder),
  })
  return { id, ended: running.exited }
}

/**
 * Waits until a keeper that was just started, or one of another process that took its place, has its server ready.
 *
 * @throws Failure `failed` with why it is not, `conflict` where another process stopped or removed the deployment
 */
export async function untilReady({ folder, name }: KeeperParts, { id, ended }: StartedKeeper): Promise<void> {
  const end: { come: boolean } = { come: false }
  ended.then(() => {
    end.come = true
  })
  for (;;) {
    const over = end.come
    const state = await readKeeperState(folder)
    if (state?.phase === 'running') return
    if (over && (state === null || state.phase === 'stopped')) {
      throw new Failure(
        'conflict',
        `The deployment ${name} was ${state === null ? 'removed' : 'stopped'} from elsewhere while it started.`,
        state === null ? 'Deploy a bundle under this name again.' : 'Activate it again.',
      )
    }
    const relieved = state !== null && state.keeper.id !== id && (await isKept(folder, state))
    if (state?.phase === 'failed' || (over && !relieved)) {
      throw new Failure(
        'failed',
        state?.problem || `The deployment ${name} did not start: its keeper ended.`,
        'Correct what its log says and activate it again.',
      )
    }
    await wait(25)
  }
}

/** Waits until a keeper that was asked to stop is done; at most 45 seconds. */
export async function untilStopped(folder: string): Promise<void> {
  const deadline = Date.now() + 45_000
  while (Date.now() < deadline && (await isKept(folder, await readKeeperState(folder)))) await wait(25)
}
