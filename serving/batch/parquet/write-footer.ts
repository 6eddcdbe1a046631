import {
  type ThriftValue,
  thriftInt,
  thriftList,
  thriftStruct,
  thriftText,
  thriftTypes,
  writeThrift,
} from './compact-thrift.ts'
import { type PlacedChunk, type WrittenColumn, writtenChunk } from './placed-chunks.ts'
import { schemaElement } from './written-types.ts'

export const magic = Buffer.from('PAR1')

/** A row group that was written here: its columns in the order of the schema. */
export interface WrittenGroup {
  rows: number
  columns: PlacedChunk[]
}

/** The footer of a file all of whose columns are written here and may be missing. */
export function writeFooter(columns: readonly WrittenColumn[], groups: readonly WrittenGroup[]): Buffer {
  const root = thriftStruct([
    [4, thriftText('schema')],
    [5, thriftInt(columns.length)],
  ])
  const rowGroups = groups.map((group): ThriftValue => {
    const sum = (of: (chunk: PlacedChunk) => number) =>
      group.columns.reduce((total, chunk) => total + of(chunk), 0)
    const chunks = columns.map((column, c) => writtenChunk(column, group.columns[c]!))
    return thriftStruct([
      [1, thriftList(thriftTypes.struct, chunks)],
      [
        2,
        thriftInt(
          sum(({ unpacked }) => unpacked),
          6,
        ),
      ],
      [3, thriftInt(group.rows, 6)],
      [5, thriftInt(group.columns[0]?.start ?? 0, 6)],
      [
        6,
        thriftInt(
          sum(({ bytes }) => bytes),
          6,
        ),
      ],
    ])
  })
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  return writeThrift(
    new Map([
      [1, thriftInt(1)],
      [
        2,
        thriftList(thriftTypes.struct, [
          root,
          ...columns.map(({ name, type }) => schemaElement(name, type, true)),
        ]),
      ],
      [3, thriftInt(rows, 6)],
      [4, thriftList(thriftTypes.struct, rowGroups)],
      [6, thriftText('Slipway')],
    ]),
  )
}

/** What a file ends with: the footer, its length and the magic letters. */
export function fileEnd(footer: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([footer, length, magic])
}
