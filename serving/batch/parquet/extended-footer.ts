import { type ParquetType, pageEncodings, parquetTypes } from './column-pages.ts'
import {
  type ThriftStruct,
  type ThriftValue,
  thriftInt,
  thriftList,
  thriftStruct,
  thriftText,
  thriftTypes,
  writeThrift,
} from './compact-thrift.ts'
import { listOf, numberOf, type ParquetLayout, structOf } from './layout.ts'

/** A column that stands behind those of the input. */
export interface AddedColumn {
  name: string
  type: ParquetType
}

/** Where a row group's pages lie in the output. */
export interface PlacedGroup {
  /** Of each column of the input. */
  starts: number[]
  /** Of each added column: its pages, and how many of the bytes are its dictionary. */
  added: [start: number, bytes: number, dictionaryBytes: number][]
}

const uncompressed = 0
/** Arrow's own schema of the input does not name the added columns; its readers do without. */
const arrowSchema = 'ARROW:schema'

function schemaElement({ name, type }: AddedColumn): ThriftValue {
  const text: [number, ThriftValue][] =
    type === parquetTypes.text
      ? [
          [6, thriftInt(0)],
          [10, thriftStruct([[1, thriftStruct([])]])],
        ]
      : []
  return thriftStruct([[1, thriftInt(type)], [3, thriftInt(0)], [4, thriftText(name)], ...text])
}

function movedChunk(chunk: ThriftStruct, start: number): ThriftValue {
  const meta = new Map(structOf(chunk.get(3)))
  const from = (id: number) => (meta.has(id) ? numberOf(meta.get(id)) : 0)
  const old = from(11) > 0 ? Math.min(from(11), from(9)) : from(9)
  for (const id of [9, 10, 11]) {
    if (from(id) > 0) meta.set(id, thriftInt(from(id) - old + start, 6))
  }
  // Bloom filters and page indexes lie outside the pages and were not copied.
  for (const id of [14, 15]) meta.delete(id)
  const moved = new Map(chunk)
  for (const id of [4, 5, 6, 7]) moved.delete(id)
  if (numberOf(chunk.get(2)) > 0) moved.set(2, thriftInt(start, 6))
  moved.set(3, { kind: 'struct', fields: meta })
  return { kind: 'struct', fields: moved }
}

function addedChunk(
  { name, type }: AddedColumn,
  [start, bytes, dictionaryBytes]: PlacedGroup['added'][number],
  rows: number,
): ThriftValue {
  const meta = thriftStruct([
    [1, thriftInt(type)],
    [
      2,
      thriftList(
        5,
        pageEncodings.map((encoding) => thriftInt(encoding)),
      ),
    ],
    [3, thriftList(thriftTypes.binary, [thriftText(name)])],
    [4, thriftInt(uncompressed)],
    [5, thriftInt(rows, 6)],
    [6, thriftInt(bytes, 6)],
    [7, thriftInt(bytes, 6)],
    [9, thriftInt(start + dictionaryBytes, 6)],
    ...(dictionaryBytes > 0 ? [[11, thriftInt(start, 6)] as const] : []),
  ])
  return thriftStruct([
    [2, thriftInt(start, 6)],
    [3, meta],
  ])
}

/** The footer of the input's row groups at their new places, with columns added behind. */
export function extendedFooter(
  { footer, groups }: ParquetLayout,
  placed: readonly PlacedGroup[],
  added: readonly AddedColumn[],
): Buffer {
  const next = new Map(footer)
  const [root, ...elements] = listOf(footer.get(2))
  const rootFields = new Map(structOf(root))
  rootFields.set(5, thriftInt(numberOf(rootFields.get(5)) + added.length))
  const schema = [{ kind: 'struct' as const, fields: rootFields }, ...elements, ...added.map(schemaElement)]
  next.set(2, thriftList(thriftTypes.struct, schema))
  const rowGroups = listOf(footer.get(4)).map((group, g): ThriftValue => {
    const fields = new Map(structOf(group))
    const place = placed[g]!
    const { rows } = groups[g]!
    const chunks = [
      ...listOf(fields.get(1)).map((chunk, c) => movedChunk(structOf(chunk), place.starts[c]!)),
      ...added.map((column, a) => addedChunk(column, place.added[a]!, rows)),
    ]
    const more = added.reduce((sum, _, a) => sum + place.added[a]![1], 0)
    fields.set(1, thriftList(thriftTypes.struct, chunks))
    for (const id of [2, 6]) if (fields.has(id)) fields.set(id, thriftInt(numberOf(fields.get(id)) + more, 6))
    if (fields.has(5)) fields.set(5, thriftInt(Math.min(...place.starts), 6))
    return { kind: 'struct', fields }
  })
  next.set(4, thriftList(thriftTypes.struct, rowGroups))
  if (next.has(5)) {
    const kept = listOf(next.get(5)).filter((entry) => {
      const key = structOf(entry).get(1)
      return !(key?.kind === 'binary' && Buffer.from(key.bytes).toString() === arrowSchema)
    })
    next.set(5, thriftList(thriftTypes.struct, kept))
  }
  if (next.has(7)) {
    const orders = added.map(() => thriftStruct([[1, thriftStruct([])]]))
    next.set(7, thriftList(thriftTypes.struct, [...listOf(next.get(7)), ...orders]))
  }
  return writeThrift(next)
}
