import { open } from 'node:fs/promises'
import { unreadable } from '../sources/byte-feed.ts'
import { readThrift, type ThriftStruct, type ThriftValue } from './compact-thrift.ts'

/** Where a column's pages of one row group lie in the file. */
export interface ChunkPlace {
  start: number
  bytes: number
  codec: number
}

export interface GroupLayout {
  rows: number
  chunks: ChunkPlace[]
}

/** A Parquet file's footer, and where its row groups lie. */
export interface ParquetLayout {
  footer: ThriftStruct
  groups: GroupLayout[]
}

const magic = 'PAR1'
const largestFooter = 1 << 29
/** The predictions of a row group that is copied are held in memory until it ends. */
const mostGroupRows = 1 << 21

export const structOf = (value: ThriftValue | undefined): ThriftStruct => {
  if (value?.kind !== 'struct') throw new RangeError('A struct was expected.')
  return value.fields
}
export const listOf = (value: ThriftValue | undefined): ThriftValue[] => {
  if (value?.kind !== 'list') throw new RangeError('A list was expected.')
  return value.values
}
export const numberOf = (value: ThriftValue | undefined): number => {
  if (value?.kind !== 'int') throw new RangeError('A number was expected.')
  return Number(value.value)
}

function chunkPlace(chunk: ThriftStruct): ChunkPlace {
  // Pages in another file, or encrypted ones, are not read.
  if (chunk.has(1) || chunk.has(8) || chunk.has(9)) throw new RangeError('Its pages lie elsewhere.')
  const meta = structOf(chunk.get(3))
  const data = numberOf(meta.get(9))
  const dictionary = meta.has(11) ? numberOf(meta.get(11)) : 0
  const start = dictionary > 0 ? Math.min(dictionary, data) : data
  return { start, bytes: numberOf(meta.get(7)), codec: numberOf(meta.get(4)) }
}

/** Whether the row groups of an output can be those of the file. */
export function canCopyGroups({ groups }: ParquetLayout): boolean {
  return groups.every(({ rows }) => rows > 0 && rows <= mostGroupRows)
}

/** Reads the layout; null where the file is one whose pages cannot be read, such as an encrypted one. */
export async function readParquetLayout(path: string): Promise<ParquetLayout | null> {
  const file = await open(path, 'r').catch((error: unknown) => Promise.reject(unreadable(path, error)))
  try {
    const { size } = await file.stat()
    const tail = Buffer.alloc(8)
    if (size < 12) return null
    await file.read(tail, 0, 8, size - 8)
    const length = tail.readUInt32LE(0)
    if (tail.toString('latin1', 4) !== magic || length > Math.min(size - 8, largestFooter)) return null
    const bytes = Buffer.alloc(length)
    await file.read(bytes, 0, length, size - 8 - length)
    const footer = readThrift(bytes)
    const groups = listOf(footer.get(4)).map((group): GroupLayout => {
      const fields = structOf(group)
      const chunks = listOf(fields.get(1)).map((chunk) => chunkPlace(structOf(chunk)))
      return { rows: numberOf(fields.get(3)), chunks }
    })
    // pyarrow writes a row group of no rows for an empty table, and 0 for where its missing pages begin.
    const outside = groups.some(
      ({ rows, chunks }) => rows > 0 && chunks.some(({ start, bytes }) => start < 4 || start + bytes > size),
    )
    if (outside || groups.some(({ rows }) => rows < 0)) return null
    return { footer, groups }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  } finally {
    await file.close()
  }
}
