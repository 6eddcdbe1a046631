import { open, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { readLogLine } from '../../shared/bundle/log-line.ts'
import { tailBytes, tailOf } from './last-lines.ts'
import { formerLog } from './rotate-log.ts'

/** What a log line says; a line that is none of ours is taken as it is. */
export const logText = (line: string): string => readLogLine(line).message

const lookMs = 200

interface Found {
  lines: string[]
  offset: number
  /** The file is shorter than the offset: it was emptied. */
  shorter: boolean
}

/** Whole lines behind an offset, at most a megabyte of them. */
async function linesBehind(path: string, offset: number): Promise<Found> {
  const none: Found = { lines: [], offset, shorter: false }
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return none
  try {
    const { size } = await file.stat()
    if (size <= offset) return { ...none, shorter: size < offset }
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(size - offset, tailBytes)),
      0,
      null,
      offset,
    )
    const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1
    // A line longer than all that is read at once is given in parts, or it would stop the log for ever.
    if (end === 0) {
      if (bytesRead < tailBytes) return none
      return { ...none, lines: [buffer.toString('utf8', 0, bytesRead)], offset: offset + bytesRead }
    }
    return { ...none, lines: buffer.toString('utf8', 0, end - 1).split('\n'), offset: offset + end }
  } finally {
    await file.close()
  }
}

/** Which file the former log is; it changes when the log is rotated. */
const formerOf = async (path: string): Promise<number | null> =>
  (await stat(formerLog(path, 1)).catch(() => null))?.ino ?? null

/** A log that is emptied is soon rotated; after so many looks it was emptied by hand, and is read from its beginning. */
const patientLooks = 5

/**
 * The last lines of a log, at once and also when there are none, then new ones as they come, until the signal. Where
 * the log is rotated meanwhile, what its former file holds comes first.
 * The file is looked at five times a second: a busy log comes in batches, and file events are not to be relied upon.
 */
export async function* followLines(
  path: string,
  count: number,
  signal: AbortSignal,
): AsyncGenerator<string[], void, void> {
  let former: number | null
  let lines: string[]
  let offset: number
  do {
    former = await formerOf(path)
    ;({ lines, offset } = await tailOf(path, count))
  } while (former !== (await formerOf(path)))
  let shortLooks = 0
  yield lines
  while (!signal.aborted) {
    await wait(lookMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    const now = await formerOf(path)
    if (now !== null && now !== former) {
      for (;;) {
        const rest = await linesBehind(formerLog(path, 1), offset)
        if (rest.lines.length === 0) break
        offset = rest.offset
        yield rest.lines
      }
      former = now
      offset = 0
    }
    const found = await linesBehind(path, offset)
    shortLooks = found.shorter ? shortLooks + 1 : 0
    if (shortLooks > patientLooks) offset = 0
    else if (found.lines.length > 0) {
      ;({ lines, offset } = found)
      yield lines
    }
  }
}
