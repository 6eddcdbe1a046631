import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')
const slipway = join(root, 'dist/engine/slipway.mjs')

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

/** Stops whatever a test left deployed: deployments outlive the engine that started them. */
export async function stopDeployments(options: { cwd: string; state: string }): Promise<void> {
  const listed = await runSlipway(['deployments', '--json'], options)
  if (listed.code !== 0) return
  for (const { name } of JSON.parse(listed.out) as { name: string }[])
    await runSlipway(['deactivate', name], options)
}
