import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Makes the folder's entries last through a power cut, where the system lets a folder be synced. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  } catch {
    // Windows and some network systems cannot; their rename is durable by itself, or not at all.
  }
}

/**
 * Gives a finished folder its place, whole or not at all, unless somebody else has taken it.
 *
 * Renaming onto a folder that is not empty fails on every file system, network folders included, which neither
 * locks nor hard links do. So of any number of writers that want one place exactly one gets it, and a writer
 * that is killed leaves nothing at the place.
 *
 * @returns false where the place is taken; the temporary folder is then as it was
 */
export async function claimFolder(temporary: string, place: string): Promise<boolean> {
  try {
    await rename(temporary, place)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    // Windows says that access was denied.
    const taken = code === 'EPERM' || code === 'EACCES'
    if (taken && (await stat(place).catch(() => null))) return false
    throw error
  }
  await syncFolder(dirname(place))
  return true
}

/** Writes a file so that it is on the disk. */
export async function syncedWrite(path: string, bytes: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The name of a folder in the making: when it was begun can be read of it, and no two are alike. */
export function temporaryName(now: number): string {
  return `.new-${process.pid}-${now}-${Math.random().toString(36).slice(2)}`
}

/** When the folder of that name was begun; infinity where it is no folder in the making. */
export function begunAt(name: string): number {
  return Number(/^\.new-\d+-(\d+)-/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY)
}

export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}
