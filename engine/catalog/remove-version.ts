import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeployedUse } from '../../shared/catalog/model-state.ts'
import { versionFiles } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'
import { removeFolder } from './claim-folder.ts'
import { isDiskFull } from './disk-failure.ts'

const tombstone = 'deleted.json'

/** @throws Failure `conflict` saying what uses the version and what to do about it */
export function assertUnused(
  name: string,
  version: number,
  aliases: readonly string[],
  deployed: readonly Pick<DeployedUse, 'version' | 'deployment' | 'workspace' | 'role'>[],
): void {
  const uses = deployed.filter((use) => use.version === version)
  const what = `${name} version ${version}`
  if (uses.length > 0) {
    const places = uses.map(
      ({ deployment, workspace, role }) =>
        `"${deployment}" of the workspace ${workspace}${role === undefined ? '' : ` (as its ${role})`}`,
    )
    throw new Failure(
      'conflict',
      `${what} cannot be deleted: it is deployed as ${places.join(' and ')}.`,
      'Remove the deployment first, or let another version take its place there.',
    )
  }
  if (aliases.length === 0) return
  const names = aliases.map((alias) => `@${alias}`).join(' and ')
  throw new Failure(
    'conflict',
    `${what} cannot be deleted: ${names} ${aliases.length === 1 ? 'points' : 'point'} to it.`,
    `Move ${aliases.length === 1 ? 'the alias' : 'the aliases'} to another version, or remove ${aliases.length === 1 ? 'it' : 'them'}, then delete it.`,
  )
}

/**
 * Takes a deleted version's files away. Its folder stays with a note in it: an empty or missing one could be
 * claimed again, and numbers are never given twice. Can be cut off anywhere and done again.
 *
 * One file goes last, after the note: so the folder is never empty, and deleting makes room on a disk that is full.
 * Where there is none even then, that file stays in the note's place until the next registration.
 */
export async function clearDeleted(
  folder: string,
  write: (path: string, text: string) => Promise<void>,
): Promise<void> {
  const entries = await readdir(folder).catch(() => [])
  if (entries.length === 1 && entries[0] === tombstone) return
  const others = entries.filter((entry) => entry !== tombstone)
  // The record, which is small, unless the version was damaged and has none.
  const last = others.find((entry) => entry === versionFiles.record) ?? others[0]
  for (const entry of others) if (entry !== last) await removeFolder(join(folder, entry))
  const note = 'This version was deleted. Its number is not given again; the history is in ../log.'
  try {
    await write(join(folder, tombstone), `${JSON.stringify({ note }, null, 2)}\n`)
  } catch (error) {
    if (isDiskFull(error)) return
    throw error
  }
  if (last !== undefined) await removeFolder(join(folder, last))
}
