import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A Node program to start. `env` is its whole environment. */
export interface Program {
  script: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  cwd: string
  /** Given: the program outlives the asker, and its output goes to the end of this file. */
  detachedLog?: string
  /** Without any network but the loopback interface, where the system can do that. */
  isolated?: boolean
  /** Absolute path of the Node to run it on: a bundle's own. Default: `nodeBinary()`. */
  node?: string
}

export interface RunningProgram {
  /** Rejects when it could not be started. */
  readonly pid: Promise<number>
  /** Its exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>
  /** Calls back with output as it comes; nothing comes from a detached program. */
  output(listener: (stream: 'stdout' | 'stderr', text: string) => void): void
  stop(): void
}

/** How the engine starts Node programs; the desktop shell can put its own in this place. */
export interface ProcessPort {
  start(program: Program): RunningProgram
}

/**
 * The Node binary that programs run on: `SLIPWAY_NODE`, else the one the engine runs on, else,
 * inside the desktop shell, whose own binary is no Node, the pinned one that was installed with it.
 */
export function nodeBinary(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env.SLIPWAY_NODE
  if (chosen !== undefined && chosen !== '') return chosen
  if (process.versions.electron === undefined) return process.execPath
  const system = process.platform === 'win32' ? 'win' : process.platform
  const names = [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`]
  for (const name of names) {
    try {
      const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
      return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    } catch {
      // Only the package of this system is installed.
    }
  }
  return 'node'
}

/** In a network namespace of its own, with its loopback interface up. */
const isolation = ['-rn', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"']

let canIsolate: boolean | null = null

/** Whether this system lets its users make a network namespace; containers often do not. Asked once, in a few milliseconds. */
function isolationWorks(): boolean {
  canIsolate ??=
    process.platform === 'linux' &&
    spawnSync('unshare', [...isolation, 'true'], { stdio: 'ignore', timeout: 2000 }).status === 0
  return canIsolate
}

/** Starts programs with `child_process`, on a real Node binary. */
export function createChildProcessPort(usual: string = nodeBinary()): ProcessPort {
  return {
    start({ script, args, env, cwd, detachedLog, isolated = false, node = usual }) {
      const log = detachedLog === undefined ? null : openSync(detachedLog, 'a')
      const wrapped = isolated && isolationWorks()
      const command = wrapped ? 'unshare' : node
      const words = wrapped ? [...isolation, node, script, ...args] : [script, ...args]
      const child = spawn(command, words, {
        cwd,
        env: { ...env },
        detached: log !== null,
        windowsHide: true,
        stdio: log === null ? ['ignore', 'pipe', 'pipe'] : ['ignore', log, log],
      })
      if (log !== null) {
        closeSync(log)
        child.unref()
      }
      const exited = new Promise<number | null>((resolve) => {
        child.once('exit', (code) => resolve(code))
        child.once('error', () => resolve(null))
      })
      const pid = new Promise<number>((resolve, reject) => {
        child.once('error', reject)
        child.once('spawn', () => resolve(child.pid ?? 0))
      })
      // Whoever does not ask for the pid learns of the failure from `exited`.
      pid.catch(() => {})
      return {
        pid,
        exited,
        output(listener) {
          child.stdout?.setEncoding('utf8').on('data', (text: string) => listener('stdout', text))
          child.stderr?.setEncoding('utf8').on('data', (text: string) => listener('stderr', text))
        },
        stop: () => {
          child.kill('SIGTERM')
        },
      }
    },
  }
}
