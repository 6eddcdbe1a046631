import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { atomicWrite } from '../workspace/atomic-write.ts'
import { makeFolder } from '../workspace/make-folder.ts'
import { projectFileName } from '../workspace/project-file.ts'
import { defaultStateFolder } from '../workspace/recent.ts'
import type { Arguments } from './command.ts'

function nearest(from: string): string | null {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, projectFileName))) return folder
    if (dirname(folder) === folder) return null
  }
}

/** The workspace a command is about: `--workspace`, else the nearest parent folder with `slipway.json`. */
export function workspaceFolder(args: Arguments): string {
  const named = args.text('workspace')
  if (named !== undefined) {
    if (existsSync(named)) return resolve(named)
    throw new Failure('not-found', `There is no folder ${named}.`, 'Check --workspace.')
  }
  const found = nearest(process.cwd())
  if (found !== null) return found
  throw new Failure(
    'not-found',
    `${process.cwd()} is not in a workspace: neither it nor a folder above it holds ${projectFileName}.`,
    'Name the workspace with --workspace, or make one with slipway init.',
  )
}

/** As `workspaceFolder`; outside any workspace, one of the user's own, so that a bundle from elsewhere can be deployed. */
export async function workspaceFolderOrOwn(args: Arguments): Promise<string> {
  const found = args.text('workspace') === undefined ? nearest(process.cwd()) : workspaceFolder(args)
  if (found !== null) return found
  const own = join(defaultStateFolder(), 'workspace')
  await makeFolder(own)
  const project = join(own, projectFileName)
  if (!existsSync(project)) await atomicWrite(project, '{}\n')
  return own
}
