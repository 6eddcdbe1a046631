import { spawn } from 'node:child_process'
import { installation } from '../../installation.ts'

/** Opens the workspace in the desktop shell and waits until it is closed. */
export async function runElectron(binary: string, workspace: string): Promise<void> {
  const child = spawn(binary, [installation.electronMain, workspace], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal))
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => resolve())
    child.once('error', reject)
  })
}
