import { spawn } from 'node:child_process'
import { Failure } from '../../shared/failure.ts'

/** Shows a folder in the system's file manager. @throws Failure where there is none */
export async function revealFolder(path: string): Promise<void> {
  const commands: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'open',
    win32: 'explorer',
    linux: 'xdg-open',
  }
  const command = commands[process.platform]
  const problem = (detail: string) =>
    new Failure(
      'failed',
      `${path} cannot be shown: ${detail}.`,
      'Open the folder in a file manager yourself.',
    )
  if (command === undefined) throw problem('no file manager is known for this system')
  await new Promise<void>((done, reject) => {
    const child = spawn(command, [path], { detached: true, stdio: 'ignore' })
    child.once('error', (error) => reject(problem(error.message)))
    child.once('spawn', () => {
      child.unref()
      done()
    })
  })
}
