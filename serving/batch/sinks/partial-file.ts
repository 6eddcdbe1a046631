import { type FileHandle, open, readFile, rename, rm, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { decodeJson } from '../../../shared/decode.ts'
import { Failure } from '../../../shared/failure.ts'

const journalSchema = z.strictObject({
  format: z.literal(1),
  bytes: z.number().int().min(0),
  state: z.string(),
})

/**
 * A file that grows as `<path>.part`, with a journal `<path>.journal` of how much of it counts, and takes its name at the
 * end. After a crash everything behind the journal's length is cut off.
 */
export interface PartialFile {
  readonly bytes: number
  open(resume: boolean): Promise<string | null>
  append(bytes: Uint8Array): Promise<void>
  commit(state: string): Promise<void>
  finish(): Promise<void>
  abandon(keep: boolean): Promise<void>
}

/** A failure to write, in words. */
export function writeFailure(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  if (code === null) return error
  if (code === 'ENOSPC') {
    return new Failure(
      'disk-full',
      `The disk of ${path} is full.`,
      'Free some space and score again with --resume.',
    )
  }
  return new Failure(
    'failed',
    `${path} cannot be written (${code}).`,
    'Choose a folder that exists and is yours.',
  )
}

/** Renames last durably: the folder holds the name. Windows has no such call. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}

export function createPartialFile(path: string): PartialFile {
  const part = `${path}.part`
  const journal = `${path}.journal`
  let file: FileHandle | null = null
  let bytes = 0
  const held = (): FileHandle => {
    if (file === null) throw new Error(`${part} is not open.`)
    return file
  }
  const readJournal = async () => {
    try {
      return decodeJson(journalSchema, await readFile(journal, 'utf8'), journal, 'Score without --resume.')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
  }
  return {
    get bytes() {
      return bytes
    },
    async open(resume) {
      const kept = resume ? await readJournal() : null
      try {
        if (kept === null) {
          await rm(journal, { force: true })
          file = await open(part, 'w+')
          bytes = 0
          return null
        }
        file = await open(part, 'r+')
        const { size } = await file.stat()
        if (size < kept.bytes) {
          throw new Failure(
            'integrity',
            `${part} is shorter than its journal says.`,
            'Score again without --resume.',
          )
        }
        await truncate(part, kept.bytes)
        bytes = kept.bytes
        return kept.state
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
    async append(more) {
      try {
        let at = 0
        while (at < more.length) {
          const { bytesWritten } = await held().write(more, at, more.length - at, bytes)
          at += bytesWritten
          bytes += bytesWritten
        }
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
    async commit(state) {
      try {
        await held().datasync()
        const next = await open(`${journal}.next`, 'w')
        try {
          await next.writeFile(JSON.stringify({ format: 1, bytes, state }))
          await next.datasync()
        } finally {
          await next.close()
        }
        await rename(`${journal}.next`, journal)
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
    async finish() {
      try {
        await held().sync()
        await held().close()
        file = null
        await rename(part, path)
        await syncFolder(path)
        await rm(journal, { force: true })
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
    async abandon(keep) {
      await file?.close().catch(() => {})
      file = null
      if (keep) return
      await rm(part, { force: true })
      await rm(journal, { force: true })
    },
  }
}
