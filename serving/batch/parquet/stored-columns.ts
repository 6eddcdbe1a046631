import { element } from './column-types.ts'
import type { ThriftStruct } from './compact-thrift.ts'
import { listOf, numberOf, type ParquetLayout, structOf } from './layout.ts'
import type { StoredColumn } from './page-reader.ts'
import { unreadablePages } from './parquet-columns.ts'

const repetitions = { required: 0, optional: 1, repeated: 2 }

/** Every column that has pages, those inside of nested ones as well, in the order of a row group's chunks. */
export function storedColumns({ footer }: ParquetLayout): StoredColumn[] {
  const elements = listOf(footer.get(2)).map(structOf)
  const found: StoredColumn[] = []
  const childrenOf = (fields: ThriftStruct) =>
    fields.has(element.children) ? numberOf(fields.get(element.children)) : 0
  let at = 0
  const walk = (definition: number, repetition: number) => {
    const fields = elements[at++]
    if (fields === undefined) throw new RangeError('The schema ends too soon.')
    const own = fields.has(element.repetition)
      ? numberOf(fields.get(element.repetition))
      : repetitions.required
    const defined = definition + (own === repetitions.required ? 0 : 1)
    const repeated = repetition + (own === repetitions.repeated ? 1 : 0)
    const children = childrenOf(fields)
    for (let c = 0; c < children; c++) walk(defined, repeated)
    if (children > 0) return
    found.push({
      physical: numberOf(fields.get(element.type)),
      length: fields.has(element.length) ? numberOf(fields.get(element.length)) : 0,
      definition: defined,
      repetition: repeated,
    })
  }
  const [root] = elements
  at = 1
  for (let c = 0; c < (root === undefined ? 0 : childrenOf(root)); c++) walk(0, 0)
  return found
}

/** Why rows cannot be taken out of a file, as the end of a sentence about one of its columns; null where they can. */
export function whyRowsStay({ footer }: ParquetLayout): string | null {
  for (const group of listOf(footer.get(4))) {
    for (const chunk of listOf(structOf(group).get(1))) {
      const why = unreadablePages(structOf(chunk))
      if (why === null) continue
      const path = listOf(structOf(structOf(chunk).get(3)).get(3))
      const names = path.map((part) => (part.kind === 'binary' ? Buffer.from(part.bytes).toString() : ''))
      return `column "${names.join('.')}" ${why}`
    }
  }
  return null
}
