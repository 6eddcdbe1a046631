import { spawn } from 'node:child_process'
import { slipway } from './workbench.ts'

export interface CommandResult {
  code: number | null
  out: string
  err: string
}

/** Runs `slipway <words>` to its end, as a shell would. */
export function runSlipway(
  words: readonly string[],
  options: { cwd: string; state: string },
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [slipway, ...words], {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SLIPWAY_STATE: options.state },
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })
}
