import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { makeFolder } from './make-folder.ts'

/** The file operations that can meet a full disk; tests stand in for the disk here. */
export interface WriteFiles {
  write(path: string, bytes: Uint8Array | string): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
}

const realFiles: WriteFiles = {
  async write(path, bytes) {
    const file = await open(path, 'wx')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  },
  rename,
  remove: (path) => rm(path, { force: true }),
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** What can be wrong with a path that a user names. */
const wrongPlaces: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of its path is a file',
  EISDIR: 'a folder stands there',
  ENAMETOOLONG: 'its name is too long',
}

/** A failure for what the system said about writing `path`; other errors pass unchanged. */
export function writeFailure(error: unknown, path: string): unknown {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure(
      'disk-full',
      `${path} was not saved: the disk is full. The file is as it was before.`,
      'Free some space on the disk and save again.',
    )
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new Failure(
      'failed',
      `${path} was not saved: writing there is not allowed (${code}).`,
      'Make the folder and the file writable, or choose another folder.',
    )
  }
  // Node says ENOENT of a folder that cannot be made on a disk that is read alone, and names the nearest one above.
  if (error instanceof Error && 'syscall' in error && error.syscall === 'mkdir' && code !== '') {
    return new Failure(
      'failed',
      `${path} was not saved: its folder cannot be made (${code}).`,
      'See that the folders above it are folders and can be written, or choose another place.',
    )
  }
  // Of a copy or a move, it may be what is moved that is not there.
  const about =
    error instanceof Error &&
    (('path' in error && error.path === path) ||
      ('dest' in error && error.dest === path && code !== 'ENOENT'))
  const wrong = about ? wrongPlaces[code] : undefined
  if (wrong !== undefined) {
    return new Failure('failed', `${path} was not saved: ${wrong} (${code}).`, 'Choose another place.')
  }
  return error
}

/**
 * Replaces a file whole or not at all: a reader sees the old contents or the new, also after a crash.
 * Makes the folder when it is missing.
 *
 * @throws Failure `disk-full` when there is no space, `failed` when writing is not allowed
 */
export async function atomicWrite(
  path: string,
  bytes: Uint8Array | string,
  files: WriteFiles = realFiles,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.tmp`)
  try {
    await makeFolder(dirname(path))
    await files.write(temporary, bytes)
    await files.rename(temporary, path)
  } catch (error) {
    // Where its folder could not be made, there is nothing to remove, and no way to it.
    await files.remove(temporary).catch(() => {})
    throw writeFailure(error, path)
  }
}
