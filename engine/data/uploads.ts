import { existsSync } from 'node:fs'
import { link, mkdir, open, rm, stat, unlink } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { BlobLike } from '../../shared/contract/base.ts'
import { Failure } from '../../shared/failure.ts'
import { writeFailure } from '../workspace/atomic-write.ts'
import { importExtensions } from './import-file.ts'

const chunkLimit = 8 * 1024 * 1024

export interface UploadChunk {
  id: string
  name: string
  offset: number
  chunk: BlobLike
  last: boolean
}

/** Files on their way in, below `.slipway/uploads/` until they are whole. */
export interface Uploads {
  /** Answers the bytes received so far and, after the last chunk, where the file is in the workspace. */
  write(chunk: UploadChunk): Promise<{ received: number; path: string | null }>
}

/** `name (2).csv` when there is a `name.csv`. */
async function moveInto(folder: string, name: string, temporary: string): Promise<string> {
  const extension = extname(name)
  const stem = basename(name, extension)
  for (let n = 1; ; n += 1) {
    const path = join(folder, n === 1 ? name : `${stem} (${n})${extension}`)
    if (existsSync(path)) continue
    try {
      // A hard link refuses to overwrite, which a rename does not.
      await link(temporary, path)
      await unlink(temporary)
      return path
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

function safeName(name: string, accepted: readonly string[], otherwise: string): string {
  const plain = basename(name.replaceAll('\\', '/'))
  const hasControl = [...plain].some((character) => character.charCodeAt(0) < 32)
  if (plain === '' || plain.startsWith('.') || hasControl) {
    throw new Failure(
      'invalid-input',
      `"${name}" is not a file name.`,
      'Rename the file and upload it again.',
    )
  }
  if (!accepted.includes(extname(plain).toLowerCase())) {
    throw new Failure(
      'invalid-input',
      `${plain} cannot be imported: expected ${accepted.join(', ')}, found "${extname(plain)}".`,
      otherwise,
    )
  }
  return plain
}

export interface UploadKind {
  /** Below `.slipway/`; each kind has its own. */
  folder: string
  /** Endings of names, with their dot. */
  accepted: readonly string[]
  /** What to do about another. */
  otherwise: string
}

const dataFiles: UploadKind = {
  folder: 'uploads',
  accepted: importExtensions,
  otherwise: 'Convert it to CSV or Parquet first.',
}

export function createUploads(workspaceFolder: string, kind: UploadKind = dataFiles): Uploads {
  const folder = join(workspaceFolder, '.slipway', kind.folder)
  let prepared: Promise<unknown> | null = null
  // What an earlier engine left unfinished can never be completed.
  const prepare = async () => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
  }
  return {
    async write({ id, name, offset, chunk, last }) {
      prepared ??= prepare()
      await prepared
      const plain = safeName(name, kind.accepted, kind.otherwise)
      const temporary = join(folder, id)
      if (chunk.size > chunkLimit) {
        throw new Failure(
          'invalid-input',
          `A chunk of ${plain} has ${chunk.size} bytes; at most ${chunkLimit}.`,
          'Send smaller chunks.',
        )
      }
      const size = offset === 0 ? 0 : ((await stat(temporary).catch(() => null))?.size ?? 0)
      if (size !== offset) {
        throw new Failure(
          'conflict',
          `The upload of ${plain} has ${size} bytes; the chunk starts at ${offset}.`,
          'Upload the file again from the start.',
        )
      }
      try {
        const bytes = new Uint8Array(await chunk.arrayBuffer())
        const file = await open(temporary, offset === 0 ? 'w' : 'a')
        try {
          await file.writeFile(bytes)
        } finally {
          await file.close()
        }
        const received = offset + bytes.length
        return { received, path: last ? await moveInto(workspaceFolder, plain, temporary) : null }
      } catch (error) {
        await rm(temporary, { force: true })
        throw writeFailure(error, plain)
      }
    },
  }
}
