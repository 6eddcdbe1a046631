import { appendFile, mkdir, open, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Window } from '../../shared/drift/window.ts'

/**
 * Closed windows, one NDJSON line each in `windows.ndjson`, cursors growing by one over restarts.
 * Once twice `keep` are in the file the older half is dropped; cursors go on.
 */
export interface WindowFile {
  /** The cursor that the next closed window gets. */
  readonly next: number
  append(window: Window): Promise<void>
  since(cursor: number, limit: number): Promise<string[]>
}

const cursorOf = (line: string): number => Number(/^\{"cursor":(\d+),/.exec(line)?.[1] ?? Number.NaN)

/** 10,080 windows of a minute are a week with traffic in every minute. */
export async function openWindowFile(stateFolder: string, keep = 10_080): Promise<WindowFile> {
  await mkdir(stateFolder, { recursive: true })
  const path = join(stateFolder, 'windows.ndjson')
  /** Cursor and byte offset of every line, so that a pull reads only what it asks for. */
  const index: { cursor: number; offset: number }[] = []
  let size = 0

  const scan = (bytes: Buffer) => {
    index.length = 0
    let offset = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, offset)) {
      const cursor = cursorOf(bytes.toString('utf8', offset, Math.min(end, offset + 40)))
      if (!Number.isNaN(cursor)) index.push({ cursor, offset })
      offset = end + 1
    }
    size = offset
  }

  try {
    const bytes = await readFile(path)
    scan(bytes)
    // A kill may have left half a line.
    if (size < bytes.length) await truncate(path, size)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }

  let turn: Promise<void> = Promise.resolve()
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const mine = turn.then(action)
    turn = mine.then(
      () => {},
      () => {},
    )
    return mine
  }

  async function compact(): Promise<void> {
    const from = index[index.length - keep]
    if (from === undefined) return
    const bytes = (await readFile(path)).subarray(from.offset)
    await writeFile(`${path}.new`, bytes, { flush: true })
    await rename(`${path}.new`, path)
    scan(bytes)
  }

  return {
    get next() {
      return (index.at(-1)?.cursor ?? 0) + 1
    },
    append(window) {
      return inTurn(async () => {
        const { cursor, ...rest } = window
        const line = `{"cursor":${cursor},${JSON.stringify(rest).slice(1)}\n`
        try {
          await appendFile(path, line, { flush: true })
        } catch (error) {
          // Half a line from a full disk would spoil the next one.
          await truncate(path, size).catch(() => {})
          throw error
        }
        index.push({ cursor, offset: size })
        size += Buffer.byteLength(line)
        // The window is on disk by now; a failure here is tried again after the next one.
        if (index.length >= keep * 2) await compact().catch(() => {})
      })
    },
    since(cursor, limit) {
      return inTurn(async () => {
        const first = index.findIndex((entry) => entry.cursor > cursor)
        const from = index[first]
        if (from === undefined) return []
        const to = index[first + limit]?.offset ?? size
        const file = await open(path, 'r')
        try {
          const bytes = Buffer.alloc(to - from.offset)
          await file.read(bytes, 0, bytes.length, from.offset)
          return bytes.toString('utf8').split('\n').slice(0, -1)
        } finally {
          await file.close()
        }
      })
    },
  }
}
