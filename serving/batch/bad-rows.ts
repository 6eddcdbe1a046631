import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import type { Location } from './locations.ts'
import type { Source } from './row-chunk.ts'
import type { ScoredChunk } from './score-chunk.ts'
import { writeFailure } from './sinks/partial-file.ts'

/** The side file of rows that were not scored: one JSON object a line with `row`, `reason` and the row as it came. */
export interface BadRowsFile {
  readonly count: number
  /** @param kept bytes that a stopped run committed */
  open(kept: { bytes: number; count: number } | null): Promise<void>
  write(bad: readonly BadRow[]): Promise<void>
  /** Makes it durable and answers its length. */
  commit(): Promise<{ bytes: number; count: number }>
  close(): Promise<void>
}

export interface BadRow {
  readonly row: number
  readonly reason: string
  readonly data: unknown
}

function jsonable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return value
}

/** The bad rows of a chunk in the order of the input. */
export async function badRowsOf({ chunk, refused }: ScoredChunk, source: Source): Promise<BadRow[]> {
  const first = (chunk.numbers[0] ?? 1) - 1
  const whole =
    refused.length > 0 && source.rowsAt !== undefined ? await source.rowsAt(first, chunk.rows) : null
  const rows = refused.map(({ index, reason }): BadRow => {
    const row = chunk.numbers[index] ?? 0
    if (whole !== null) return { row, reason, data: whole[index] }
    if (chunk.records !== null) return { row, reason, data: chunk.records[index] }
    if (chunk.lines !== null) {
      const { bytes, starts, ends } = chunk.lines
      return { row, reason, data: bytes.toString('utf8', starts[index], ends[index]) }
    }
    const data = Object.fromEntries(
      chunk.columns.flatMap(({ name }, c) => {
        const values = chunk.values[c] ?? chunk.arrow?.[c]?.toArray()
        return values === undefined ? [] : [[name, values[index] ?? null]]
      }),
    )
    return { row, reason, data }
  })
  const unread = chunk.unread.map(({ row, reason, text }): BadRow => ({ row, reason, data: text }))
  return [...rows, ...unread].sort((a, b) => a.row - b.row)
}

/** By what they are where both exist, for a file may have several names. */
async function areSameFile(one: string, other: string): Promise<boolean> {
  if (resolve(one) === resolve(other)) return true
  const [a, b] = await Promise.all([one, other].map((path) => stat(path, { bigint: true }).catch(() => null)))
  return Boolean(a && b && a.dev === b.dev && a.ino === b.ino)
}

/**
 * The side file replaces what is in its place, which must not be what is read or written.
 *
 * @throws Failure naming which of them it is
 */
export async function assertOwnPlace(path: string, input: Location, output: Location): Promise<void> {
  for (const [what, location] of [
    ['input', input],
    ['output', output],
  ] as const) {
    if (location.kind === 'postgres' || !(await areSameFile(path, location.path))) continue
    throw new Failure(
      'invalid-input',
      `${path} cannot take the rows that do not fit: it is the ${what}.`,
      'Name another file with --bad-rows.',
    )
  }
}

/** Made only when the first bad row comes. */
export function createBadRows(path: string): BadRowsFile {
  let file: FileHandle | null = null
  let bytes = 0
  let count = 0
  return {
    get count() {
      return count
    },
    async open(kept) {
      bytes = kept?.bytes ?? 0
      count = kept?.count ?? 0
      try {
        if (bytes === 0) {
          await rm(path, { force: true })
          return
        }
        file = await open(path, 'r+')
        await file.truncate(bytes)
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
    async write(bad) {
      if (bad.length === 0) return
      const text = bad
        .map(({ row, reason, data }) => `${JSON.stringify({ row, reason, data }, jsonable)}\n`)
        .join('')
      try {
        file ??= await open(path, 'w')
        const content = Buffer.from(text)
        await file.write(content, 0, content.length, bytes)
        bytes += content.length
        count += bad.length
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
    async commit() {
      await file?.datasync()
      return { bytes, count }
    },
    async close() {
      await file?.close()
      file = null
    },
  }
}
