/** HOT: rows of a row group, a few columns at a time, into arrays (benchmark: bench/batch.ts). */
import type { FileHandle } from 'node:fs/promises'
import { Failure } from '../../../shared/failure.ts'
import type { PlainValue } from '../plain-value.ts'
import { unreadable } from '../sources/byte-feed.ts'
import { type ColumnReader, createColumnReader, type TextTarget } from './column-reader.ts'
import type { GroupLayout } from './layout.ts'
import type { ReadBytes } from './page-reader.ts'
import type { ReadableColumn } from './parquet-columns.ts'

/** A column, and what is made of its values. */
export interface WantedColumn {
  column: ReadableColumn
  as: 'numbers' | 'texts' | 'values'
}

export type HeldColumn = { numbers: Float64Array } | { texts: TextTarget } | { values: PlainValue[] }

export interface OpenColumn extends WantedColumn {
  reader: ColumnReader
}

/** So much of a column is read at once, so that a page of a few values is not a read of its own. */
const readAhead = 1 << 20
const leastAhead = 1 << 16
/** Read ahead of all columns together. */
const allAhead = 64 << 20

function readerOfBytes(
  file: FileHandle,
  path: string,
  start: number,
  length: number,
  ahead: number,
): ReadBytes {
  let held = Buffer.alloc(0)
  let heldFrom = 0
  return async (from, wanted) => {
    if (from < heldFrom || from + wanted > heldFrom + held.length) {
      // A buffer of its own each time: pages that are being read lie in the one before.
      const buffer = Buffer.allocUnsafeSlow(Math.max(wanted, Math.min(ahead, length - from)))
      let filled = 0
      while (filled < buffer.length) {
        const { bytesRead } = await file
          .read(buffer, filled, buffer.length - filled, start + from + filled)
          .catch((error: unknown) => Promise.reject(unreadable(path, error)))
        if (bytesRead === 0) break
        filled += bytesRead
      }
      held = buffer.subarray(0, filled)
      heldFrom = from
    }
    return held.subarray(from - heldFrom, from - heldFrom + wanted)
  }
}

/** Bytes of a column chunk, of which `columns` are read side by side. */
export function chunkBytesOf(
  file: FileHandle,
  path: string,
  { start, bytes }: GroupLayout['chunks'][number],
  columns: number,
): ReadBytes {
  const ahead = Math.max(leastAhead, Math.min(readAhead, Math.floor(allAhead / Math.max(1, columns))))
  return readerOfBytes(file, path, start, bytes, ahead)
}

/** The columns of a row group from its first row on. */
export function openGroup(
  file: FileHandle,
  path: string,
  { chunks }: GroupLayout,
  wanted: readonly WantedColumn[],
): OpenColumn[] {
  return wanted.map(({ column, as }) => {
    const chunk = chunks[column.place]!
    const readBytes = chunkBytesOf(file, path, chunk, wanted.length)
    return { column, as, reader: createColumnReader(column, chunk, readBytes) }
  })
}

/** Room for columns in one buffer, numbers first, so that all of them begin at multiples of eight. */
function allocate(columns: readonly WantedColumn[], rows: number): HeldColumn[] {
  const count = (way: WantedColumn['as']) => columns.filter(({ as }) => as === way).length
  const buffer = new ArrayBuffer(rows * (count('numbers') * 8 + count('texts') * 4))
  let numberAt = 0
  let codeAt = count('numbers') * rows * 8
  return columns.map(({ as }): HeldColumn => {
    if (as === 'values') return { values: new Array(rows) }
    if (as === 'texts') {
      codeAt += rows * 4
      return { texts: { codes: new Int32Array(buffer, codeAt - rows * 4, rows), others: null } }
    }
    numberAt += rows * 8
    return { numbers: new Float64Array(buffer, numberAt - rows * 8, rows) }
  })
}

function lengthOf(held: HeldColumn | undefined): number {
  if (held === undefined) return -1
  if ('numbers' in held) return held.numbers.length
  return 'texts' in held ? held.texts.codes.length : held.values.length
}

/**
 * The next rows of columns.
 *
 * @param before read into where it has the right length; null for arrays that stay
 */
export async function readGroupRows(
  open: readonly OpenColumn[],
  rows: number,
  before: readonly HeldColumn[] | null,
): Promise<readonly HeldColumn[]> {
  const held = before !== null && lengthOf(before[0]) === rows ? before : allocate(open, rows)
  for (const [c, one] of held.entries()) {
    const { reader } = open[c]!
    if ('numbers' in one) await reader.numbers(one.numbers, 0, rows)
    else if ('values' in one) await reader.values(one.values, 0, rows)
    else {
      one.texts.others = null
      await reader.texts(one.texts, 0, rows)
    }
  }
  return held
}

/** What is said of pages that cannot be read. @throws Failure for a `RangeError`, else the error */
export function damagedGroup(path: string, group: number, error: unknown): never {
  if (!(error instanceof RangeError)) throw error
  throw new Failure(
    'invalid-input',
    `${path}, row group ${group + 1}, is damaged: ${error.message}.`,
    'Write the file again.',
  )
}
