import type { ThriftStruct } from './compact-thrift.ts'
import { isReadableCodec } from './decompress-page.ts'
import { listOf, numberOf, type ParquetLayout, structOf } from './layout.ts'

/** Numbers of Parquet's format for how values are stored. */
export const physicalTypes = { boolean: 0, int32: 1, int64: 2, float: 4, double: 5, bytes: 6 } as const
/** Numbers of Parquet's format for how a page's values are written. */
export const encodings = { plain: 0, plainDictionary: 2, runLengths: 3, dictionary: 8 } as const

/** A column whose pages are read here. */
export interface ReadableColumn {
  name: string
  /** Its place among the column chunks of a row group. */
  place: number
  kind: 'number' | 'truth' | 'text'
  physical: number
  /** Whole numbers without a sign. */
  unsigned: boolean
  /** Whether values may be missing. */
  optional: boolean
}

const repetitions = { required: 0, optional: 1 }
const convertedText = 0
const convertedUnsigned = [11, 12, 13, 14]
const convertedSigned = [15, 16, 17, 18]
const logicalText = 1
const logicalInteger = 10

/** Numbers of fields of `SchemaElement` in Parquet's format. */
const element = {
  type: 1,
  repetition: 3,
  name: 4,
  children: 5,
  converted: 6,
  logical: 10,
}

/** What an annotation makes of a physical type; null where that is nothing simple, such as a date. */
function kindOf(fields: ThriftStruct): Pick<ReadableColumn, 'kind' | 'unsigned'> | null {
  const physical = numberOf(fields.get(element.type))
  const converted = fields.has(element.converted) ? numberOf(fields.get(element.converted)) : null
  const logicalFields = fields.has(element.logical) ? structOf(fields.get(element.logical)) : null
  const logical = logicalFields === null ? null : ([...logicalFields.keys()][0] ?? null)
  const plain = converted === null && logical === null
  switch (physical) {
    case physicalTypes.boolean:
      return plain ? { kind: 'truth', unsigned: false } : null
    case physicalTypes.float:
    case physicalTypes.double:
      return plain ? { kind: 'number', unsigned: false } : null
    case physicalTypes.bytes: {
      const isText = converted === convertedText || (converted === null && logical === logicalText)
      return isText && (logical === null || logical === logicalText)
        ? { kind: 'text', unsigned: false }
        : null
    }
    case physicalTypes.int32:
    case physicalTypes.int64: {
      if (logical !== null && logical !== logicalInteger) return null
      if (converted !== null && convertedUnsigned.includes(converted))
        return { kind: 'number', unsigned: true }
      if (converted !== null)
        return convertedSigned.includes(converted) ? { kind: 'number', unsigned: false } : null
      // An annotation of the newer kind alone may be without a sign as well.
      return logical === null ? { kind: 'number', unsigned: false } : null
    }
    default:
      return null
  }
}

/** How many column chunks an element and all below it have, and where the next element stands. */
function leavesFrom(elements: readonly ThriftStruct[], at: number): { leaves: number; next: number } {
  const fields = elements[at]
  if (fields === undefined) throw new RangeError('The schema ends too soon.')
  const children = fields.has(element.children) ? numberOf(fields.get(element.children)) : 0
  if (children === 0) return { leaves: 1, next: at + 1 }
  let leaves = 0
  let next = at + 1
  for (let c = 0; c < children; c++) {
    const below = leavesFrom(elements, next)
    leaves += below.leaves
    next = below.next
  }
  return { leaves, next }
}

const readableEncodings: readonly number[] = Object.values(encodings)

function hasReadablePages(chunk: ThriftStruct): boolean {
  const meta = structOf(chunk.get(3))
  return (
    isReadableCodec(numberOf(meta.get(4))) &&
    listOf(meta.get(2)).every((encoding) => readableEncodings.includes(numberOf(encoding)))
  )
}

/**
 * The columns at the top level that are numbers, truth values or texts, in encodings that every writer has; others, such
 * as dates, decimals, nested and delta-encoded ones, are left to DuckDB.
 */
export function readableColumns({ footer }: ParquetLayout): ReadableColumn[] {
  const elements = listOf(footer.get(2)).map(structOf)
  const groups = listOf(footer.get(4)).map((group) => listOf(structOf(group).get(1)).map(structOf))
  const found: ReadableColumn[] = []
  let place = 0
  for (let at = 1; at < elements.length; ) {
    const fields = elements[at]!
    const { leaves, next } = leavesFrom(elements, at)
    const repetition = fields.has(element.repetition) ? numberOf(fields.get(element.repetition)) : -1
    const flat =
      next === at + 1 && (repetition === repetitions.required || repetition === repetitions.optional)
    const kind = flat && fields.has(element.type) ? kindOf(fields) : null
    const name = fields.get(element.name)
    if (
      kind !== null &&
      name?.kind === 'binary' &&
      groups.every((chunks) => hasReadablePages(chunks[place]!))
    ) {
      found.push({
        name: Buffer.from(name.bytes).toString(),
        place,
        physical: numberOf(fields.get(element.type)),
        optional: repetition === repetitions.optional,
        ...kind,
      })
    }
    place += leaves
    at = next
  }
  return found
}
