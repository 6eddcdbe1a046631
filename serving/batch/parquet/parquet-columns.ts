import type { ColumnType } from '../row-chunk.ts'
import { element, storedType, type ValueForm } from './column-types.ts'
import type { ThriftStruct } from './compact-thrift.ts'
import { isReadableCodec } from './decompress-page.ts'
import { listOf, numberOf, type ParquetLayout, structOf } from './layout.ts'

/** Numbers of Parquet's format for how a page's values are written. */
export const encodings = {
  plain: 0,
  plainDictionary: 2,
  runLengths: 3,
  differences: 5,
  textLengths: 6,
  textDifferences: 7,
  dictionary: 8,
  byteStreams: 9,
} as const

/** A column whose pages are read here. */
export interface ReadableColumn {
  name: string
  /** Its place among the column chunks of a row group. */
  place: number
  physical: number
  /** Bytes of a value of fixed length. */
  length: number
  form: ValueForm
  /** Whether values may be missing. */
  optional: boolean
}

/** A column at the top level of a file. */
export interface ParquetColumn {
  name: string
  type: ColumnType
  /** How it is read, or why not, as the end of a sentence about it. */
  read: ReadableColumn | string
}

const repetitions = { required: 0, optional: 1 }

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

/** Java's writers name this old form of levels of which there are none, such as those of lists where there is no list. */
const oldLevels = 4
const readableEncodings: readonly number[] = [...Object.values(encodings), oldLevels]

/** Why pages of a column chunk cannot be read; null where they can. */
export function unreadablePages(chunk: ThriftStruct): string | null {
  const meta = structOf(chunk.get(3))
  const codec = numberOf(meta.get(4))
  if (!isReadableCodec(codec)) return `is compressed in a way that is not read here (codec ${codec})`
  const odd = listOf(meta.get(2)).find((encoding) => !readableEncodings.includes(numberOf(encoding)))
  return odd === undefined ? null : `has an encoding that is not read here (encoding ${numberOf(odd)})`
}

/** The columns at the top level, and which of them can be read from their pages. */
export function parquetColumns({ footer }: ParquetLayout): ParquetColumn[] {
  const elements = listOf(footer.get(2)).map(structOf)
  const groups = listOf(footer.get(4)).map((group) => listOf(structOf(group).get(1)).map(structOf))
  const found: ParquetColumn[] = []
  let place = 0
  for (let at = 1; at < elements.length; ) {
    const fields = elements[at]!
    const { leaves, next } = leavesFrom(elements, at)
    const repetition = fields.has(element.repetition) ? numberOf(fields.get(element.repetition)) : -1
    const flat =
      next === at + 1 && (repetition === repetitions.required || repetition === repetitions.optional)
    const named = fields.get(element.name)
    if (named?.kind !== 'binary') throw new RangeError('A column has no name.')
    const name = Buffer.from(named.bytes).toString()
    const stored = flat && fields.has(element.type) ? storedType(fields) : null
    const chunks = groups.map((group) => group[place])
    const odd = chunks.flatMap((chunk) => (chunk === undefined ? [] : (unreadablePages(chunk) ?? [])))[0]
    const why = !flat
      ? 'is nested'
      : stored === null
        ? 'has a type that is not read here'
        : chunks.includes(undefined)
          ? 'is not in every row group'
          : odd
    found.push({
      name,
      type: stored?.type ?? { kind: 'text', sql: flat ? 'VARCHAR' : 'JSON' },
      read:
        stored === null || why !== undefined
          ? (why ?? '')
          : {
              name,
              place,
              physical: numberOf(fields.get(element.type)),
              length: fields.has(element.length) ? numberOf(fields.get(element.length)) : 0,
              form: stored.form,
              optional: repetition === repetitions.optional,
            },
    })
    place += leaves
    at = next
  }
  return found
}

/** The longest decimals that are the quotient of two exact doubles, rounded once, as their texts read as numbers are. */
const exactDigits = 15

/** Whether values of a column can be had as numbers: of numbers, truth values and short decimals. */
export function hasNumbers({ form }: ReadableColumn): boolean {
  return (
    form.as === 'number' || form.as === 'truth' || (form.as === 'decimal' && form.precision <= exactDigits)
  )
}
