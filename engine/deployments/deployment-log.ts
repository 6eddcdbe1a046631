import { open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { readLogLine } from '../../shared/bundle/log-line.ts'
import { tailBytes, tailOf } from './last-lines.ts'

/** What a log line says; a line that is none of ours is taken as it is. */
export const logText = (line: string): string => readLogLine(line).message

const lookMs = 200

/** Whole lines behind an offset, at most a megabyte of them; a file that became shorter is read from its beginning. */
async function linesBehind(path: string, offset: number): Promise<{ lines: string[]; offset: number }> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return { lines: [], offset: 0 }
  try {
    const { size } = await file.stat()
    const from = size < offset ? 0 : offset
    if (size === from) return { lines: [], offset: from }
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(size - from, tailBytes)),
      0,
      null,
      from,
    )
    const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1
    // A line longer than all that is read at once is given in parts, or it would stop the log for ever.
    if (end === 0) {
      if (bytesRead < tailBytes) return { lines: [], offset: from }
      return { lines: [buffer.toString('utf8', 0, bytesRead)], offset: from + bytesRead }
    }
    return { lines: buffer.toString('utf8', 0, end - 1).split('\n'), offset: from + end }
  } finally {
    await file.close()
  }
}

/**
 * The last lines of a log, at once and also when there are none, then new ones as they come, until the signal.
 * The file is looked at five times a second: a busy log comes in batches, and file events are not to be relied upon.
 */
export async function* followLines(
  path: string,
  count: number,
  signal: AbortSignal,
): AsyncGenerator<string[], void, void> {
  let { lines, offset } = await tailOf(path, count)
  yield lines
  while (!signal.aborted) {
    await wait(lookMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    ;({ lines, offset } = await linesBehind(path, offset))
    if (lines.length > 0) yield lines
  }
}
