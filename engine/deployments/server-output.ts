import { appendFileSync, closeSync, openSync, readSync, statSync, truncateSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { logText } from './deployment-log.ts'
import { lastLines } from './last-lines.ts'
import { logFile } from './log-file.ts'
import type { LogWriting } from './rotate-log.ts'

/** How a server's output becomes its deployment's log. */
export interface ServerOutput {
  writing: LogWriting
  /** What its environment gets for it. */
  env: Readonly<Record<string, string>>
  /** Its standard output and error. */
  stdio: ['ignore', 'ignore' | number, number]
  /** The server has its own handles by now. */
  close(): void
}

/** What a server says that is no line of its logger: crashes, and warnings of Node. */
const rawFile = (folder: string): string => join(folder, 'stderr.log')

/** A bundle says in its one file whether it can write its log by the path. */
async function knowsLogFile(bundle: string): Promise<boolean> {
  return (await readFile(join(bundle, 'server.mjs'), 'utf8')).includes('SLIPWAY_LOG_FILE')
}

/**
 * Opens what a server of this bundle is started with. Bundles packaged before `SLIPWAY_LOG_FILE` hold the log itself
 * open; the others add to it by its path, and their standard error has a small file of its own, begun anew.
 */
export async function openServerOutput(folder: string, bundle: string): Promise<ServerOutput> {
  closeSync(openSync(rawFile(folder), 'w'))
  if (await knowsLogFile(bundle)) {
    const raw = openSync(rawFile(folder), 'a')
    const env = { SLIPWAY_LOG_FILE: logFile(folder) }
    return { writing: 'path', env, stdio: ['ignore', 'ignore', raw], close: () => closeSync(raw) }
  }
  const log = openSync(logFile(folder), 'a')
  return { writing: 'handle', env: {}, stdio: ['ignore', log, log], close: () => closeSync(log) }
}

/** So much is copied at once; a file larger than that is emptied when all of it was. */
const chunkBytes = 1 << 20

/** Copies what comes to a server's standard error to the log of its deployment. */
export interface RawOutput {
  /** A server begins anew. */
  begin(): void
  /** Copies the lines that came since. @param atEnd also a last one without its end */
  copy(atEnd?: boolean): void
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Goes on behind what is there: a keeper that adopts a server follows one that copied it. */
export function createRawOutput(folder: string): RawOutput {
  const path = rawFile(folder)
  let copied = sizeOf(path)
  return {
    begin() {
      copied = 0
    },
    copy(atEnd = false) {
      for (;;) {
        const size = Math.min(sizeOf(path) - copied, chunkBytes)
        if (size <= 0) break
        const bytes = Buffer.alloc(size)
        const file = openSync(path, 'r')
        const read = readSync(file, bytes, 0, size, copied)
        closeSync(file)
        let whole = bytes.subarray(0, read).lastIndexOf(10) + 1
        if (whole === 0 && (atEnd || read === chunkBytes)) whole = read
        if (whole === 0) break
        const text = bytes.toString('utf8', 0, whole)
        appendFileSync(logFile(folder), text.endsWith('\n') ? text : `${text}\n`)
        copied += whole
      }
      if (copied > chunkBytes && copied === sizeOf(path)) {
        truncateSync(path, 0)
        copied = 0
      }
    },
  }
}

/** Neither a frame of a stack nor what Node adds below it. */
const says = (line: string): boolean => line.trim() !== '' && !/^\s+at |^Node\.js v\d/.test(line)

/** What a log ends with, such as the error above a stack; null where it says nothing. */
export async function lastWords(folder: string): Promise<string | null> {
  return (await lastLines(logFile(folder), 100)).map(logText).filter(says).at(-1) ?? null
}
