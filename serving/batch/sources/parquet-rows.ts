import { type FileHandle, open } from 'node:fs/promises'
import { damagedGroup, type OpenColumn, openGroup, readGroupRows } from '../parquet/group-rows.ts'
import type { ParquetLayout } from '../parquet/layout.ts'
import type { ParquetColumn } from '../parquet/parquet-columns.ts'
import type { PlainValue } from '../plain-value.ts'
import type { ColumnType } from '../row-chunk.ts'
import { unreadable } from './byte-feed.ts'

/** Whole rows of a Parquet file, for the side file of those that were not scored. */
export interface ParquetRows {
  /** Whether every column is among them; nested ones are not. */
  readonly complete: boolean
  /** Rows from number `first` (counted from 0), which is never before the rows that were asked for last. */
  rowsAt(first: number, count: number): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

/** So many rows that nobody asks for are read, and dropped, at once. */
const skipped = 8_192

/** A value as JSON has it: decimals are numbers, numbers that JSON does not have are texts. */
function jsonValue(value: PlainValue, { sql }: ColumnType): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (typeof value !== 'string') return value
  if (sql.startsWith('DECIMAL')) return Number(value)
  if (sql !== 'JSON') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** Reads once through the file at most, however many rows are asked for. */
export function createParquetRows(
  path: string,
  layout: ParquetLayout,
  columns: readonly ParquetColumn[],
): ParquetRows {
  const readable = columns.flatMap(({ name, type, read }) =>
    typeof read === 'string' ? [] : [{ name, type, column: read, as: 'values' as const }],
  )
  let file: FileHandle | null = null
  let group = -1
  let groupEnd = 0
  let at = 0
  let readers: OpenColumn[] = []

  const opening = async (): Promise<FileHandle> => {
    if (file !== null) return file
    const opened = await open(path, 'r').catch((error: unknown) => Promise.reject(unreadable(path, error)))
    file = opened
    return opened
  }

  /** Passes over groups that end before a row without reading them. */
  const skipGroups = (first: number) => {
    if (groupEnd > first) return
    at = groupEnd
    for (;;) {
      const upcoming = layout.groups[group + 1]
      if (upcoming === undefined || groupEnd + upcoming.rows > first) return
      group++
      groupEnd += upcoming.rows
      at = groupEnd
    }
  }

  /** Up to `most` rows of one group, as arrays by column. */
  const next = async (most: number): Promise<{ rows: number; values: PlainValue[][] }> => {
    const opened = await opening()
    while (at === groupEnd) {
      const upcoming = layout.groups[++group]
      if (upcoming === undefined) throw new Error(`${path} has fewer rows than were scored.`)
      groupEnd += upcoming.rows
      readers = openGroup(opened, path, upcoming, readable)
    }
    const rows = Math.min(most, groupEnd - at)
    const held = await readGroupRows(readers, rows, null).catch((error: unknown) =>
      damagedGroup(path, group, error),
    )
    at += rows
    return { rows, values: held.map((one) => ('values' in one ? one.values : [])) }
  }

  return {
    complete: readable.length === columns.length,
    async rowsAt(first, count) {
      skipGroups(first)
      while (at < first) await next(Math.min(skipped, first - at))
      const found: Record<string, unknown>[] = []
      while (found.length < count) {
        const { rows, values } = await next(count - found.length)
        for (let i = 0; i < rows; i++) {
          found.push(
            Object.fromEntries(readable.map(({ name, type }, c) => [name, jsonValue(values[c]![i]!, type)])),
          )
        }
      }
      return found
    },
    async close() {
      await file?.close()
      file = null
    },
  }
}
