import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { bundleNode, readBundleManifest } from '../bundles/read-bundle.ts'
import { readSecrets } from './deployment-settings.ts'
import type { DeploymentRecord, DeploymentStore } from './deployment-store.ts'
import { portIsFree } from './free-port.ts'
import {
  beatMs,
  type KeeperState,
  readKeeperState,
  touchKeeperState,
  writeKeeperState,
} from './keeper-file.ts'
import { logFile } from './log-file.ts'
import { nodeBinary } from './process-port.ts'
import { afterEnd } from './restart-policy.ts'
import { rotateLog } from './rotate-log.ts'
import { createRawOutput, lastWords, openServerOutput } from './server-output.ts'
import { endServer, instanceAt, isAlive, type ServerIdentity } from './server-process.ts'
import { watchLiveness } from './watch-liveness.ts'

/** A server that is not ready by then has failed to start. */
const startSeconds = 20

/** How long a server that does not answer may take to end once it was asked to. */
const silentPatienceMs = 5_000

/** The words that a deployment's server is started with. */
export function serverArguments(record: DeploymentRecord, folder: string): string[] {
  const { port, replicas, shadow, canary } = record
  return [
    'serve',
    ...['--host', '127.0.0.1', '--port', String(port), '--workers', String(replicas)],
    ...['--state', join(folder, 'state')],
    ...(shadow === null ? [] : ['--shadow', shadow.bundle]),
    ...(canary === null ? [] : ['--canary', `${canary.bundle}:${canary.fraction}`]),
  ]
}

interface KeptServer extends ServerIdentity {
  since: string
  /** Ends with how it ended. */
  ended: Promise<string>
}

const reasonOf = (code: number | null, signal: NodeJS.Signals | null): string =>
  signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`

const untold = 'it ended, which its new keeper cannot tell more about'

/** A server that another keeper started: the system does not tell us how it ends, only that it did. */
function watchOver(identity: ServerIdentity & { since: string }, signal: AbortSignal): KeptServer {
  const ended = (async () => {
    while (!signal.aborted && isAlive(identity.pid)) await wait(200)
    return untold
  })()
  return { ...identity, ended }
}

/**
 * Keeps one deployment running until it is deactivated: starts its server, or adopts the one that runs, and starts it
 * again with growing pauses when it ends by itself. What is wanted is read from `deployment.json`, what is goes to
 * `keeper.json`. Ends when it has nothing more to do, or when another keeper has taken its place.
 */
export async function keep(id: string, name: string, store: DeploymentStore): Promise<void> {
  const folder = store.folder(name)
  const found = await readKeeperState(folder)
  if (found?.keeper.id !== id) return
  let state: KeeperState = { ...found, keeper: { id, pid: process.pid } }
  const update = async (changes: Partial<KeeperState>) => {
    // Relieved: what is in the file is another keeper's.
    if ((await readKeeperState(folder))?.keeper.id !== id) leave()
    if (over.signal.aborted) return
    state = { ...state, ...changes }
    await writeKeeperState(folder, state)
  }

  const over = new AbortController()
  const leave = () => over.abort()
  let stopAsked: () => void = () => {}
  const stopped = new Promise<void>((resolve) => {
    stopAsked = resolve
  })
  const look = async () => {
    const record = await store.read(name).catch(() => null)
    if (!record?.active) stopAsked()
    // Removed with its folder, or relieved.
    if ((await readKeeperState(folder))?.keeper.id !== id) leave()
  }
  const raw = createRawOutput(folder)
  const copyRaw = (atEnd?: boolean) => {
    try {
      if (!over.signal.aborted) raw.copy(atEnd)
    } catch {
      // The disk is full, or the deployment was removed: it is tried again with the next beat.
    }
  }
  let rotating = false
  const keepLogSmall = async () => {
    if (rotating) return
    rotating = true
    const record = await store.read(name).catch(() => null)
    // What cannot be rotated now, such as on a full disk, is tried again with the next beat.
    copyRaw()
    const writing = state.server?.log ?? 'path'
    if (record && !over.signal.aborted) await rotateLog(logFile(folder), record.log, writing).catch(() => {})
    rotating = false
  }
  const beat = setInterval(() => {
    void touchKeeperState(folder).then(look).then(keepLogSmall)
  }, beatMs)
  const watcher = watch(folder, (_event, file) => {
    if (file === 'deployment.json') void look()
  })
  watcher.on('error', () => {})
  const left = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve()))
  const unlessOver = <T>(promise: Promise<T>): Promise<T | 'stop' | 'left'> =>
    Promise.race([promise, stopped.then(() => 'stop' as const), left.then(() => 'left' as const)])

  /** The server that runs or starts: its pid cannot be another process's until we have heard of its end. */
  let ours: number | null = null

  async function start(record: DeploymentRecord): Promise<KeptServer> {
    const instance = randomBytes(6).toString('hex')
    const manifest = await readBundleManifest(record.bundle)
    const { node = nodeBinary() } = bundleNode(record.bundle, manifest)
    const words = [join(record.bundle, 'server.mjs'), ...serverArguments(record, folder)]
    const output = await openServerOutput(folder, record.bundle)
    raw.begin()
    const child: ChildProcess = spawn(node, words, {
      cwd: folder,
      env: {
        ...process.env,
        ...record.settings,
        ...(await readSecrets(folder)),
        ...output.env,
        SLIPWAY_INSTANCE: instance,
        SLIPWAY_PRIMARY: '1',
      },
      detached: true,
      windowsHide: true,
      stdio: output.stdio,
    })
    output.close()
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(reasonOf(code, signal)))
      child.once('error', (error) => resolve(`it could not be started: ${error.message}`))
    })
    const kept = { pid: child.pid ?? 0, instance, since: new Date().toISOString(), log: output.writing }
    const server = { ...kept, ended }
    ours = kept.pid
    await update({ phase: 'starting', server: kept, nextStart: null })
    const deadline = Date.now() + startSeconds * 1000
    for (let pause = 20; ; pause = Math.min(pause * 1.5, 200)) {
      if ((await instanceAt(record.port)) === instance) return server
      const end = await Promise.race([ended, wait(pause).then(() => null)])
      if (end !== null) throw new Error(end)
      if (Date.now() > deadline) {
        child.kill('SIGKILL')
        throw new Error(`its endpoint was not ready within ${startSeconds} seconds`)
      }
    }
  }

  /** Its end, or the end we make of it when it hangs. */
  async function untilEnded(server: KeptServer, { port, liveness }: DeploymentRecord) {
    const watching = new AbortController()
    const hung = watchLiveness(server, port, liveness, watching.signal)
    const told = hung.then((reason) => ({ hung: reason ?? untold }))
    try {
      const end = await unlessOver(Promise.race([server.ended, told]))
      if (typeof end === 'string') return end
      await endServer(server.pid, { patienceMs: 0 })
      return end.hung
    } finally {
      watching.abort()
    }
  }

  const say = (level: 30 | 40 | 50, msg: string) => {
    try {
      appendFileSync(
        logFile(folder),
        `${JSON.stringify({ level, time: Date.now(), keeper: process.pid, msg })}\n`,
      )
    } catch {
      // The deployment was removed, or the disk is full.
    }
  }

  const run = async () => {
    await update({})
    let server: KeptServer | null = null
    const before = state.server
    let record = await store.read(name)
    if (record && before) {
      const runs = isAlive(before.pid) && (await instanceAt(record.port)) === before.instance
      server = runs ? watchOver(before, over.signal) : { ...before, ended: Promise.resolve(untold) }
      if (runs) {
        ours = before.pid
        say(30, `adopted the running server, process ${before.pid}`)
      }
      await update({ phase: 'running', nextStart: null })
    }
    for (let first = server === null; ; first = false) {
      if (over.signal.aborted) return
      record = await store.read(name).catch(() => null)
      if (!record?.active) break
      const begun = server === null ? Date.now() : Date.parse(server.since)
      let reason: string
      try {
        if (server === null) {
          const started = await unlessOver(start(record))
          if (started === 'left') return
          if (started === 'stop') break
          server = started
          await update({ phase: 'running', problem: '' })
        }
        const end = await untilEnded(server, record)
        if (end === 'left') return
        if (end === 'stop') break
        reason = end
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
      }
      server = null
      ours = null
      copyRaw(true)
      const words = await lastWords(folder)
      const lastExit = { at: new Date().toISOString(), reason }
      const told = words === null ? '' : ` Its log ends with: ${words}`
      // What never was ready since it was asked for will not become so by waiting.
      const next =
        first && state.phase === 'starting'
          ? ({ type: 'give-up' } as const)
          : afterEnd(record.restart, state.inARow, Date.now() - begun)
      if (next.type === 'give-up') {
        const problem =
          first && state.phase === 'starting'
            ? `The deployment ${name} did not start: ${reason}.${told}`
            : `The deployment ${name} was given up after ${state.inARow} restarts in a row: ${reason}.${told}`
        say(50, problem)
        await update({ phase: 'failed', lastExit, problem, nextStart: null, server: null })
        return
      }
      say(
        40,
        `the server ended: ${reason}; starting it again in ${next.delayMs / 1000} s (restart ${next.inARow} of at most ${record.restart.atMost} in a row)`,
      )
      await update({
        phase: 'waiting',
        lastExit,
        restarts: state.restarts + 1,
        inARow: next.inARow,
        nextStart: new Date(Date.now() + next.delayMs).toISOString(),
      })
      const paused = await unlessOver(wait(next.delayMs))
      if (paused === 'left') return
      if (paused === 'stop') break
      // A killed server's port may take a moment to be free.
      for (let tries = 0; tries < 20 && !(await portIsFree(record.port)); tries++) await wait(100)
    }
    await update({ phase: 'stopping', nextStart: null })
    if (record && ours !== null) {
      // One that has not started yet, or hangs, has nothing in flight that it could finish.
      const answers = (await instanceAt(record.port)) === state.server?.instance
      await endServer(ours, answers ? {} : { patienceMs: silentPatienceMs })
    }
    copyRaw(true)
    await update({ phase: 'stopped', server: null })
  }

  /** A server that started while its keeper was relieved or its folder removed: nobody else knows of it. */
  const endUnknown = async () => {
    if (ours !== null && (await readKeeperState(folder))?.server?.pid !== ours) {
      await endServer(ours, { patienceMs: silentPatienceMs })
    }
  }

  process.on('SIGTERM', () => void look())
  process.on('SIGINT', () => void look())
  try {
    await look()
    await run()
    if (over.signal.aborted) await endUnknown()
  } finally {
    clearInterval(beat)
    watcher.close()
  }
}
