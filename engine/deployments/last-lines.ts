import { open } from 'node:fs/promises'

/** At most so much of a file's end is read at once. */
export const tailBytes = 1 << 20

/** The last lines of a file, of which at most the last megabyte is read; none when there is no file. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  return (await tailOf(path, count)).lines
}

/** The last whole lines and the offset behind them, from which `followLines` goes on. */
export async function tailOf(path: string, count: number): Promise<{ lines: string[]; offset: number }> {
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
