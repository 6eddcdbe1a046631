import type { ColumnType } from '../row-chunk.ts'
import { createColumnWriter } from './column-writer.ts'
import { writtenCodec } from './compress-page.ts'
import { placedChunk } from './placed-chunks.ts'
import { fileEnd, magic, writeFooter } from './write-footer.ts'
import { writtenType } from './written-types.ts'

/** Columns of one length, of types that are written here, as a Parquet file of one row group. */
export function smallParquetFile(
  columns: readonly { name: string; type: ColumnType; values: readonly unknown[] }[],
): Buffer {
  const rows = columns[0]?.values.length ?? 0
  const places = Int32Array.from({ length: rows }, (_, row) => row)
  const parts: Uint8Array[] = [magic]
  let bytes = magic.length
  const written = columns.map(({ name, type, values }) => {
    const own = writtenType(type)
    if (own === null) throw new Error(`Columns of ${type.sql} are not written here.`)
    const writer = createColumnWriter(type, own, writtenCodec)
    writer.add(values, places, false)
    const { parts: pages, ...sizes } = writer.take()
    const placed = placedChunk(writtenCodec, bytes, sizes, rows)
    parts.push(...pages)
    bytes += sizes.bytes
    return { column: { name, type: own }, placed }
  })
  const group = { rows, columns: written.map(({ placed }) => placed) }
  const footer = writeFooter(
    written.map(({ column }) => column),
    rows === 0 ? [] : [group],
  )
  return Buffer.concat([...parts, fileEnd(footer)])
}
