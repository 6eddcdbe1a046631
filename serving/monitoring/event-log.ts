import { type FileHandle, mkdir, open, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'

/** Gives every line its cursor. Logs that are read as one share it. */
export interface Numbering {
  next: number
}

/**
 * Numbered NDJSON lines on disk, cursors growing from one to the next.
 *
 * They are written in the background about once a second, or before `flush` resolves.
 * The log is cut into files of `segmentLines` lines, of which the newest `segments` stay, so its size is bounded.
 */
export interface EventLog {
  /** Lines that wait to be written; they grow in number only while the disk refuses them. */
  readonly pending: number
  /** Adds a line; `rest` is the JSON object's inside after the cursor. */
  append(rest: string): void
  /** Everything appended so far is on disk. Calls that meet share one sync. */
  flush(): Promise<void>
  /** Up to `limit` lines later than the cursor. */
  since(cursor: number, limit: number): Promise<string[]>
  /** The newest lines that are kept, `count` and up to a file more, oldest first. */
  newest(count: number): AsyncIterable<string>
  close(): Promise<void>
}

export interface EventLogOptions {
  numbering?: Numbering
  segmentLines?: number
  segments?: number
  /** Told when a background write fails, such as on a full disk. */
  onError?: (error: unknown) => void
  /** Writes text at the file's end. */
  appendText?: (file: FileHandle, text: string) => Promise<void>
}

export const cursorOf = (line: string): number => Number(/^\{"cursor":(\d+),/.exec(line)?.[1] ?? Number.NaN)
const segmentName = (first: number) => `log-${String(first).padStart(15, '0')}.ndjson`

async function completeLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8')
  const lines = text.split('\n')
  lines.pop()
  return lines
}

/** Cuts off a last line that a kill left half-written. */
async function repair(path: string): Promise<string[]> {
  const bytes = await readFile(path)
  const end = bytes.lastIndexOf(10) + 1
  if (end < bytes.length) await truncate(path, end)
  const lines = bytes.subarray(0, end).toString('utf8').split('\n')
  lines.pop()
  return lines
}

export async function openEventLog(folder: string, options: EventLogOptions = {}): Promise<EventLog> {
  const { numbering = { next: 1 }, segmentLines = 16_384, segments = 64, onError } = options
  const { appendText = (file, text) => file.appendFile(text) } = options
  await mkdir(folder, { recursive: true })
  const firsts = (await readdir(folder))
    .map((name) => Number(/^log-(\d{15})\.ndjson$/.exec(name)?.[1] ?? Number.NaN))
    .filter((first) => !Number.isNaN(first))
    .sort((a, b) => a - b)

  let linesInLast = 0
  /** Cursor of the last line that was appended. */
  let latest = 0
  const last = firsts.at(-1)
  if (last !== undefined) {
    const lines = await repair(join(folder, segmentName(last)))
    linesInLast = lines.length
    latest = lines.length === 0 ? last - 1 : cursorOf(lines.at(-1) ?? '')
    numbering.next = Math.max(numbering.next, latest + 1)
  }

  let handle: FileHandle | null = null
  let buffer: string[] = []
  let turn: Promise<void> = Promise.resolve()

  async function startSegment(first: number): Promise<FileHandle> {
    await handle?.datasync()
    await handle?.close()
    if (firsts.at(-1) !== first) firsts.push(first)
    while (firsts.length > segments) {
      const oldest = firsts.shift()
      if (oldest !== undefined) await rm(join(folder, segmentName(oldest)), { force: true })
    }
    handle = await open(join(folder, segmentName(first)), 'a')
    return handle
  }

  async function write(sync: boolean): Promise<void> {
    let lines = buffer
    buffer = []
    try {
      while (lines.length > 0) {
        const written = cursorOf(lines[0] ?? '')
        if (firsts.length === 0 || linesInLast >= segmentLines) {
          await startSegment(written)
          linesInLast = 0
        }
        const file: FileHandle = handle ?? (await startSegment(firsts.at(-1) ?? written))
        const part = lines.slice(0, segmentLines - linesInLast)
        const { size } = await file.stat()
        try {
          await appendText(file, part.join(''))
        } catch (error) {
          // What a full disk still took of it would stand twice once there is space again.
          await file.truncate(size)
          throw error
        }
        lines = lines.slice(part.length)
        linesInLast += part.length
      }
      if (sync) await handle?.datasync()
    } catch (error) {
      buffer = [...lines, ...buffer]
      throw error
    }
  }

  const enqueue = (sync: boolean): Promise<void> => {
    const mine = turn.then(() => write(sync))
    turn = mine.catch(() => {})
    return mine
  }

  let waiting: Promise<void> | null = null
  const timer = setInterval(() => {
    if (buffer.length > 0) enqueue(false).catch((error: unknown) => onError?.(error))
  }, 1000)
  timer.unref()

  const flush = () => {
    // A sync that has not begun yet will cover this caller's lines as well.
    waiting ??= turn.then(() => {
      waiting = null
      return enqueue(true)
    })
    return waiting
  }

  return {
    get pending() {
      return buffer.length
    },
    append(rest) {
      latest = numbering.next++
      buffer.push(`{"cursor":${latest},${rest}}\n`)
    },
    flush,
    async since(cursor, limit) {
      await enqueue(false)
      const lines: string[] = []
      if (latest <= cursor) return lines
      for (const [index, first] of [...firsts].entries()) {
        const following = firsts[index + 1]
        if (following !== undefined && following <= cursor + 1) continue
        for (const line of await completeLines(join(folder, segmentName(first)))) {
          if (cursorOf(line) > cursor) lines.push(line)
          if (lines.length >= limit) return lines
        }
      }
      return lines
    },
    async *newest(count) {
      await enqueue(false)
      // The last file may be nearly empty; those before are full.
      const files = 1 + Math.ceil(count / segmentLines)
      for (const first of firsts.slice(-files)) yield* await completeLines(join(folder, segmentName(first)))
    },
    async close() {
      clearInterval(timer)
      await enqueue(true)
      await handle?.close()
      handle = null
    },
  }
}
