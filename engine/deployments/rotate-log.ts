import { appendFileSync, closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { copyFile, rename, rm, stat } from 'node:fs/promises'
import { z } from 'zod'

/** How large a deployment's log grows, and how many former ones are kept. */
export const logLimitSchema = z.strictObject({
  bytes: z.number().int().min(1),
  kept: z.number().int().min(1).max(100),
})
export type LogLimit = z.infer<typeof logLimitSchema>

/** 40 MB in all. */
export const usualLogLimit: LogLimit = { bytes: 10 * 2 ** 20, kept: 3 }

/** `log.ndjson` → `log.1.ndjson`, the one before → `log.2.ndjson`, … */
export const formerLog = (path: string, age: number): string => path.replace(/(\.[^./\\]*)?$/, `.${age}$1`)

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0

const chunkBytes = 1 << 20

/** What was written behind the copy comes to it, and the log is empty: in one turn, so that hardly a line falls between. */
function moveRest(path: string, copy: string, copied: number): void {
  const log = openSync(path, 'r+')
  try {
    const chunk = Buffer.alloc(chunkBytes)
    for (let at = copied; at < fstatSync(log).size; ) {
      const read = readSync(log, chunk, 0, chunkBytes, at)
      appendFileSync(copy, chunk.subarray(0, read))
      at += read
    }
    ftruncateSync(log, 0)
  } finally {
    closeSync(log)
  }
}

/**
 * How a log is written: by its path, opened anew for each line, or through a handle that stays open, as by servers of
 * bundles packaged before they knew `SLIPWAY_LOG_FILE`.
 */
export type LogWriting = 'path' | 'handle'

/** Former logs grow older by one, so that there is room for the youngest. */
async function shift(path: string, youngest: string, kept: number): Promise<void> {
  for (let age = kept - 1; age >= 1; age--) {
    await rename(formerLog(path, age), formerLog(path, age + 1)).catch(() => {})
  }
  await rename(youngest, formerLog(path, 1))
}

/**
 * Makes a log a former one once it is too large.
 *
 * One that is written by its path is renamed, and no line is lost: whoever opened it before adds a last line to the
 * former one. Whoever holds it open cannot be told to open another, so that one is copied and emptied, and a line that
 * is written in between may be lost. Readers learn of that from the inode of the former one, which appears under its
 * name only when the log is empty.
 *
 * @returns whether it was too large
 */
export async function rotateLog(
  path: string,
  { bytes, kept }: LogLimit,
  writing: LogWriting,
): Promise<boolean> {
  const copy = `${path}.rotating`
  const abandoned = await sizeOf(copy)
  // A keeper that ended in between: the copy is whole once the log is shorter than it.
  if (abandoned > 0) {
    if ((await sizeOf(path)) < abandoned) await shift(path, copy, kept)
    else await rm(copy)
  }
  if ((await sizeOf(path)) < bytes) return false
  if (writing === 'path') {
    await shift(path, path, kept)
    return true
  }
  await copyFile(path, copy)
  moveRest(path, copy, await sizeOf(copy))
  await shift(path, copy, kept)
  return true
}
