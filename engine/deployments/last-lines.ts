import { open } from 'node:fs/promises'
import { formerLog } from './rotate-log.ts'

/** At most so much of a file's end is read at once. */
export const tailBytes = 1 << 20

/** The last lines of a log, also those of its former file where the present one has too few; at most the last megabyte of each is read. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  return (await tailOf(path, count)).lines
}

/** The last whole lines, and the offset in the present file behind them, from which `followLines` goes on. */
export async function tailOf(path: string, count: number): Promise<{ lines: string[]; offset: number }> {
  const present = await endOf(path, count)
  if (present.lines.length >= count) return present
  const before = await endOf(formerLog(path, 1), count - present.lines.length)
  return { lines: [...before.lines, ...present.lines], offset: present.offset }
}

async function endOf(path: string, count: number): Promise<{ lines: string[]; offset: number }> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return { lines: [], offset: 0 }
  try {
    const { size } = await file.stat()
    const length = Math.min(size, tailBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const start = size - length
    const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1
    if (end === 0) return { lines: [], offset: start }
    const lines = buffer.toString('utf8', 0, end - 1).split('\n')
    if (start > 0) lines.shift()
    return { lines: lines.slice(-count), offset: start + end }
  } finally {
    await file.close()
  }
}
