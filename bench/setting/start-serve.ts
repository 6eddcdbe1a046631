import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface RunningServe {
  url: string
  /** From the start of the process to its address, which is printed once it answers. */
  readyMs: number
  memoryBytes(): Promise<number>
  stop(): Promise<void>
}

/** Starts `slipway serve` on a workspace. */
export async function startServe(workspace: string, state: string): Promise<RunningServe> {
  const slipway = join(import.meta.dirname, '../../dist/engine/slipway.mjs')
  const began = performance.now()
  const child = spawn(process.execPath, [slipway, 'serve', workspace, '--no-open'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SLIPWAY_STATE: state },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    ended.then(() => reject(new Error('slipway serve ended before it printed its address')))
  })
  return {
    url,
    readyMs: performance.now() - began,
    async memoryBytes() {
      // Where there is no /proc the figure is left at zero, which the table shows as such.
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
