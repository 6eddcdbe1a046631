import { open } from 'node:fs/promises'
import { formerLog } from './rotate-log.ts'

/** At most so much of a file's end is read at once. */
export const tailBytes = 1 << 20

/** The last lines of a log, also those of its former file where the present one has too few; at most the last megabyte of each is read. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  return (await tailOf(path, count)).lines
}

/** A place in a log. */
export interface LogPlace {
  /** The file, whatever its name is now; null for whichever is there. */
  ino: number | null
  offset: number
}

/** The last whole lines, and the place in the present file behind them, from which `followLines` goes on. */
export async function tailOf(path: string, count: number): Promise<{ lines: string[]; place: LogPlace }> {
  const present = await endOf(path, count)
  if (present.lines.length >= count) return present
  const before = await endOf(formerLog(path, 1), count - present.lines.length)
  // A log that was just renamed goes on in a file that is not there yet.
  return {
    lines: [...before.lines, ...present.lines],
    place: present.place.ino === null ? before.place : present.place,
  }
}

async function endOf(path: string, count: number): Promise<{ lines: string[]; place: LogPlace }> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return { lines: [], place: { ino: null, offset: 0 } }
  try {
    const { size, ino } = await file.stat()
    const length = Math.min(size, tailBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const start = size - length
    const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1
    const place = { ino, offset: start + end }
    if (end === 0) return { lines: [], place }
    const lines = buffer.toString('utf8', 0, end - 1).split('\n')
    if (start > 0) lines.shift()
    return { lines: lines.slice(-count), place }
  } finally {
    await file.close()
  }
}
