import { z } from 'zod'
import {
  type ThriftValue,
  thriftInt,
  thriftList,
  thriftStruct,
  thriftTypes,
  writeThrift,
} from './compact-thrift.ts'
import { listOf, numberOf, type ParquetLayout, structOf } from './layout.ts'
import {
  movedChunk,
  type PlacedChunk,
  placedChunkSchema,
  rewrittenChunk,
  type WrittenColumn,
  writtenChunk,
} from './placed-chunks.ts'
import { schemaElement } from './written-types.ts'

/** Where a row group's pages lie in the output. */
export const placedGroupSchema = z.strictObject({
  /** Of the input's row groups, counted from 0. */
  group: z.number(),
  rows: z.number(),
  /** Of each column of the input: where its copied pages begin, or those that were written again. */
  columns: z.array(z.union([z.number(), placedChunkSchema])),
  added: z.array(placedChunkSchema),
})
export type PlacedGroup = z.infer<typeof placedGroupSchema>

/** Arrow's own schema of the input does not name the added columns; its readers do without. */
const arrowSchema = 'ARROW:schema'

const startOf = (place: number | PlacedChunk) => (typeof place === 'number' ? place : place.start)

/** A row group at its new place, without the rows that were taken out, and with columns added. */
function placedGroup(group: ThriftValue, place: PlacedGroup, added: readonly WrittenColumn[]): ThriftValue {
  const fields = new Map(structOf(group))
  const chunks = listOf(fields.get(1)).map((chunk, c) => {
    const at = place.columns[c]!
    return typeof at === 'number' ? movedChunk(structOf(chunk), at) : rewrittenChunk(structOf(chunk), at)
  })
  const own = added.map((column, a) => writtenChunk(column, place.added[a]!))
  const all = [...chunks, ...own]
  fields.set(1, thriftList(thriftTypes.struct, all))
  fields.set(3, thriftInt(place.rows, 6))
  const sum = (id: number) =>
    all.reduce((total, chunk) => total + numberOf(structOf(structOf(chunk).get(3)).get(id)), 0)
  fields.set(2, thriftInt(sum(6), 6))
  if (fields.has(6)) fields.set(6, thriftInt(sum(7), 6))
  if (fields.has(5)) fields.set(5, thriftInt(Math.min(...place.columns.map(startOf)), 6))
  // Row groups without a row that stays are left out, so that their numbers would have gaps.
  fields.delete(7)
  return { kind: 'struct', fields }
}

/** The footer of the input's row groups at their new places, with columns added behind. */
export function extendedFooter(
  { footer }: ParquetLayout,
  placed: readonly PlacedGroup[],
  added: readonly WrittenColumn[],
): Buffer {
  const next = new Map(footer)
  const [root, ...elements] = listOf(footer.get(2))
  const rootFields = new Map(structOf(root))
  rootFields.set(5, thriftInt(numberOf(rootFields.get(5)) + added.length))
  const own = added.map(({ name, type }) => schemaElement(name, type, false))
  next.set(2, thriftList(thriftTypes.struct, [{ kind: 'struct', fields: rootFields }, ...elements, ...own]))
  const groups = listOf(footer.get(4))
  next.set(
    3,
    thriftInt(
      placed.reduce((sum, { rows }) => sum + rows, 0),
      6,
    ),
  )
  next.set(
    4,
    thriftList(
      thriftTypes.struct,
      placed.map((place) => placedGroup(groups[place.group]!, place, added)),
    ),
  )
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
