import { z } from 'zod'
import type { ColumnPages } from './column-pages.ts'
import {
  type ThriftStruct,
  type ThriftValue,
  thriftInt,
  thriftList,
  thriftStruct,
  thriftText,
  thriftTypes,
} from './compact-thrift.ts'
import { numberOf, structOf } from './layout.ts'
import { encodings } from './parquet-columns.ts'
import type { WrittenType } from './written-types.ts'

/** Where the pages of a column that were written here lie. */
export const placedChunkSchema = z.strictObject({
  codec: z.number(),
  start: z.number(),
  bytes: z.number(),
  unpacked: z.number(),
  /** Of the dictionary page, which stands first; 0 where there is none. */
  dictionaryBytes: z.number(),
  /** With those that are missing. */
  values: z.number(),
})
export type PlacedChunk = z.infer<typeof placedChunkSchema>

/** A column that is written here. */
export interface WrittenColumn {
  name: string
  type: WrittenType
}

export function placedChunk(
  codec: number,
  start: number,
  pages: Omit<ColumnPages, 'parts'>,
  values: number,
): PlacedChunk {
  const { bytes, unpacked, dictionaryBytes } = pages
  return { codec, start, bytes, unpacked, dictionaryBytes, values }
}

const written = [encodings.plain, encodings.runLengths, encodings.dictionary]
const writtenEncodings = thriftList(
  5,
  written.map((encoding) => thriftInt(encoding)),
)

/** What a footer says of where pages lie, by the numbers of its fields. */
function placeFields({ codec, start, bytes, unpacked, dictionaryBytes, values }: PlacedChunk) {
  return [
    [2, writtenEncodings],
    [4, thriftInt(codec)],
    [5, thriftInt(values, 6)],
    [6, thriftInt(unpacked, 6)],
    [7, thriftInt(bytes, 6)],
    [9, thriftInt(start + dictionaryBytes, 6)],
    ...(dictionaryBytes > 0 ? [[11, thriftInt(start, 6)] as const] : []),
  ] as const
}

const inOrder = (fields: ThriftStruct): ThriftStruct => new Map([...fields].sort(([a], [b]) => a - b))

/** The entry of a row group for a column that is written here. */
export function writtenChunk({ name, type }: WrittenColumn, placed: PlacedChunk): ThriftValue {
  const meta = inOrder(
    new Map<number, ThriftValue>([
      [1, thriftInt(type.physical)],
      [3, thriftList(thriftTypes.binary, [thriftText(name)])],
      ...placeFields(placed),
    ]),
  )
  return thriftStruct([
    [2, thriftInt(placed.start, 6)],
    [3, { kind: 'struct', fields: meta }],
  ])
}

/** Fields of a column chunk that say where its indexes, bloom filters and encryption lie; none of them is copied. */
const elsewhere = [4, 5, 6, 7]
const bloomFilters = [14, 15]

/** The entry of a column of another file whose pages were copied as they stand. */
export function movedChunk(chunk: ThriftStruct, start: number): ThriftValue {
  const meta = new Map(structOf(chunk.get(3)))
  const from = (id: number) => (meta.has(id) ? numberOf(meta.get(id)) : 0)
  const old = from(11) > 0 ? Math.min(from(11), from(9)) : from(9)
  for (const id of [9, 10, 11]) {
    if (from(id) > 0) meta.set(id, thriftInt(from(id) - old + start, 6))
  }
  for (const id of bloomFilters) meta.delete(id)
  const moved = new Map(chunk)
  for (const id of elsewhere) moved.delete(id)
  if (numberOf(chunk.get(2)) > 0) moved.set(2, thriftInt(start, 6))
  moved.set(3, { kind: 'struct', fields: meta })
  return { kind: 'struct', fields: moved }
}

/** Index page, statistics of values, of encodings and of sizes: those of rows that were taken out would be among them. */
const ofAllRows = [10, 11, 12, 13, 16, 17]

/** The entry of a column of another file whose pages were written again with fewer rows. */
export function rewrittenChunk(chunk: ThriftStruct, placed: PlacedChunk): ThriftValue {
  const meta = new Map(structOf(chunk.get(3)))
  for (const id of [...bloomFilters, ...ofAllRows]) meta.delete(id)
  for (const [id, value] of placeFields(placed)) meta.set(id, value)
  const rewritten = new Map(chunk)
  for (const id of elsewhere) rewritten.delete(id)
  rewritten.set(2, thriftInt(placed.start, 6))
  rewritten.set(3, { kind: 'struct', fields: inOrder(meta) })
  return { kind: 'struct', fields: inOrder(rewritten) }
}
