import type { ArrowCodec } from './decompress.ts'
import { type FlatTable, flatTable, readLong } from './flatbuffer.ts'

/** What a column holds, as far as a model's input can be made of it. */
export type ArrowType =
  | { kind: 'null' }
  | { kind: 'bool' }
  | { kind: 'int'; bits: number; signed: boolean }
  | { kind: 'float'; bits: number }
  /** `wide`: 64-bit offsets. */
  | { kind: 'text'; wide: boolean }
  | { kind: 'text view' }
  /** Dates and times: `ticks` of the stored number make a unit of `ms` milliseconds. */
  | { kind: 'time'; bits: 32 | 64; ticks: bigint; ms: number }
  | { kind: 'decimal'; bits: number; scale: number }
  /** Anything else is passed over; `buffers` and `children` say how much of a batch it takes. */
  | { kind: 'other'; name: string; buffers: number; views: boolean }

export interface ArrowField {
  name: string
  type: ArrowType
  /** The column holds numbers of values in this dictionary. */
  dictionary: { id: number; index: ArrowType } | null
  children: ArrowField[]
}

export interface ArrowBatch {
  rows: number
  nodes: { length: number; nulls: number }[]
  buffers: { offset: number; length: number }[]
  /** Data buffers of each view column. */
  variadic: number[]
  body: Uint8Array
  /** How its buffers are compressed. */
  codec: ArrowCodec | null
}

export type ArrowMessage =
  | { kind: 'schema'; fields: ArrowField[] }
  | { kind: 'dictionary'; id: number; delta: boolean; batch: ArrowBatch }
  | { kind: 'batch'; batch: ArrowBatch }

/** Fields of one schema at most, nested ones included: a damaged schema could repeat itself without end. */
const fieldsAtMost = 20_000
const depthAtMost = 16

const other = (name: string, buffers: number, views = false): ArrowType => ({
  kind: 'other',
  name,
  buffers,
  views,
})

/** After Schema.fbs of the Arrow format, version 5. */
function typeOf(id: number, table: FlatTable | null): ArrowType {
  switch (id) {
    case 1:
      return { kind: 'null' }
    case 2:
      return { kind: 'int', bits: table?.int(0, 0) ?? 0, signed: table?.byte(1, 0) === 1 }
    case 3:
      return { kind: 'float', bits: [16, 32, 64][table?.short(0, 0) ?? 0] ?? 0 }
    case 4:
      return other('Binary', 3)
    case 5:
      return { kind: 'text', wide: false }
    case 6:
      return { kind: 'bool' }
    case 7:
      return { kind: 'decimal', bits: table?.int(2, 128) ?? 128, scale: table?.int(1, 0) ?? 0 }
    case 8:
      // In days, or in milliseconds where nothing is said.
      return table?.short(0, 1) === 0
        ? { kind: 'time', bits: 32, ticks: 1n, ms: 86_400_000 }
        : { kind: 'time', bits: 64, ticks: 1n, ms: 1 }
    case 9:
      return other('Time', 2)
    case 10:
      // Seconds, milliseconds, microseconds, nanoseconds.
      return {
        kind: 'time',
        bits: 64,
        ticks: [1n, 1n, 1_000n, 1_000_000n][table?.short(0, 0) ?? 0] ?? 1n,
        ms: (table?.short(0, 0) ?? 0) === 0 ? 1000 : 1,
      }
    case 11:
      return other('Interval', 2)
    case 12:
      return other('List', 2)
    case 13:
      return other('Struct', 1)
    case 14:
      return other('Union', table?.short(0, 0) === 1 ? 2 : 1)
    case 15:
      return other('FixedSizeBinary', 2)
    case 16:
      return other('FixedSizeList', 1)
    case 17:
      return other('Map', 2)
    case 18:
      return other('Duration', 2)
    case 19:
      return other('LargeBinary', 3)
    case 20:
      return { kind: 'text', wide: true }
    case 21:
      return other('LargeList', 2)
    case 22:
      return other('RunEndEncoded', 0)
    case 23:
      return other('BinaryView', 2, true)
    case 24:
      return { kind: 'text view' }
    case 25:
      return other('ListView', 3)
    case 26:
      return other('LargeListView', 3)
    default:
      throw new Error(`it has a column of the unknown type ${id}`)
  }
}

function readFields(tables: readonly FlatTable[], depth: number, budget: { left: number }): ArrowField[] {
  if (depth > depthAtMost) throw new Error('its schema is nested too deeply')
  return tables.map((table) => {
    if (--budget.left < 0) throw new Error(`its schema has over ${fieldsAtMost} fields`)
    const encoding = table.table(4)
    return {
      name: table.text(0),
      type: typeOf(table.byte(2, 0), table.table(3)),
      dictionary: encoding && {
        id: encoding.long(0, 0),
        index: encoding.table(1) ? typeOf(2, encoding.table(1)) : { kind: 'int', bits: 32, signed: true },
      },
      children: readFields(table.tables(5), depth + 1, budget),
    }
  })
}

function readBatch(view: DataView, table: FlatTable, body: Uint8Array): ArrowBatch {
  const compression = table.table(3)
  const codec = compression?.byte(0, 0)
  if (codec !== undefined && codec > 1)
    throw new Error(`its buffers are compressed by the unknown codec ${codec}`)
  return {
    codec: codec === undefined ? null : codec === 0 ? 'lz4' : 'zstd',
    rows: table.long(0, 0),
    nodes: table.structs(1, 16).map((at) => ({ length: readLong(view, at), nulls: readLong(view, at + 8) })),
    buffers: table
      .structs(2, 16)
      .map((at) => ({ offset: readLong(view, at), length: readLong(view, at + 8) })),
    variadic: table.structs(4, 8).map((at) => readLong(view, at)),
    body,
  }
}

function readMessage(view: DataView, table: FlatTable, body: Uint8Array): ArrowMessage | null {
  const header = table.table(2)
  if (header === null) return null
  switch (table.byte(1, 0)) {
    case 1:
      if (header.short(0, 0) !== 0) throw new Error('it is big-endian')
      return { kind: 'schema', fields: readFields(header.tables(1), 0, { left: fieldsAtMost }) }
    case 2: {
      const data = header.table(1)
      if (data === null) throw new Error('a dictionary has no values')
      return {
        kind: 'dictionary',
        id: header.long(0, 0),
        delta: header.byte(2, 0) === 1,
        batch: readBatch(view, data, body),
      }
    }
    case 3:
      return { kind: 'batch', batch: readBatch(view, header, body) }
    default:
      return null
  }
}

const fileMagic = 'ARROW1'

/** Where the messages lie: all of a stream, or what a file has between its magic and its footer. */
function messageRange(bytes: Uint8Array, view: DataView): { from: number; to: number } {
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(6, bytes.length)).toString('latin1')
  if (magic !== fileMagic) return { from: 0, to: bytes.length }
  const footer = view.getInt32(bytes.length - fileMagic.length - 4, true)
  const to = bytes.length - fileMagic.length - 4 - footer
  if (footer <= 0 || to < 8) throw new Error('the footer of its file is damaged')
  return { from: 8, to }
}

/**
 * Cuts Arrow IPC bytes, stream or file, into messages.
 *
 * @param bytes at the start of a buffer of their own, so that nothing beyond them can be read
 * @throws Error saying what is wrong with them
 */
export function readMessages(bytes: Uint8Array): ArrowMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { from, to } = messageRange(bytes, view)
  const messages: ArrowMessage[] = []
  let at = from
  while (at + 4 <= to) {
    let length = view.getInt32(at, true)
    at += 4
    if (length === -1) {
      length = view.getInt32(at, true)
      at += 4
    }
    if (length === 0) break
    if (length < 0 || at + length > to) throw new Error('a message ends beyond the bytes')
    const head = new DataView(bytes.buffer, bytes.byteOffset + at, length)
    const table = flatTable(head, head.getUint32(0, true))
    const bodyLength = table.long(3, 0)
    at += length
    if (bodyLength < 0 || at + bodyLength > to) throw new Error('the body of a message ends beyond the bytes')
    const message = readMessage(head, table, bytes.subarray(at, at + bodyLength))
    if (message) messages.push(message)
    at += bodyLength
  }
  return messages
}
