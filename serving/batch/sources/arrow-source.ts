/** HOT: Arrow record batches as they are, one at a time; numbers stay typed arrays (benchmark: bench/batch.ts). */
import {
  type Column,
  CompressionType,
  type DataType,
  setCompressionCodec,
  Type,
  tableFromIPC,
} from '@uwdata/flechette'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { type ArrowCodec, decompress } from '../../rows/arrow/decompress.ts'
import { checkColumns } from '../check-columns.ts'
import { type ChunkColumn, type ColumnType, rowNumbers, type Source } from '../row-chunk.ts'
import { arrowPieces } from './arrow-messages.ts'
import { type ByteFeed, fileFeed } from './byte-feed.ts'

const positionSchema = z.strictObject({ batch: z.number().int(), row: z.number().int() })

const text = (sql: string): ColumnType => ({ kind: 'text', sql })

/** What the values of an Arrow type are, and the DuckDB type that they make. */
export function arrowColumnType(type: DataType): ColumnType {
  switch (type.typeId) {
    case Type.Bool:
      return { kind: 'boolean', sql: 'BOOLEAN' }
    case Type.Int: {
      const name = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bitWidth]
      return { kind: 'integer', sql: type.signed ? name : `U${name}` }
    }
    case Type.Float:
      return { kind: 'double', sql: type.precision === 2 ? 'DOUBLE' : 'FLOAT' }
    case Type.Date:
      return text('DATE')
    case Type.Timestamp:
      return text(type.timezone ? 'TIMESTAMP WITH TIME ZONE' : type.unit === 3 ? 'TIMESTAMP_NS' : 'TIMESTAMP')
    case Type.Decimal:
      return text(type.precision <= 38 ? `DECIMAL(${type.precision},${type.scale})` : 'VARCHAR')
    case Type.Dictionary:
      return arrowColumnType(type.dictionary)
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return text('VARCHAR')
    default:
      return text('JSON')
  }
}

const perSecond = [1n, 1_000n, 1_000_000n, 1_000_000_000n] as const

/** A time as databases write it, to its last digit. */
function timeText(value: bigint, unit: number): string {
  const parts = perSecond[unit] ?? 1n
  const fraction = ((value % parts) + parts) % parts
  const seconds = (value - fraction) / parts
  const plain = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return fraction === 0n ? plain : `${plain}.${String(fraction).padStart(unit * 3, '0')}`
}

function decimalText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === 'bigint') return Number.isSafeInteger(Number(one)) ? Number(one) : String(one)
    return ArrayBuffer.isView(one) ? Array.from(one as unknown as ArrayLike<unknown>) : one
  })
}

function converterOf(type: DataType): ((value: unknown) => unknown) | null {
  switch (type.typeId) {
    case Type.Dictionary:
      return converterOf(type.dictionary)
    case Type.Date:
      return (value) => new Date(Number(value)).toISOString().slice(0, 10)
    case Type.Timestamp:
      return (value) => `${timeText(BigInt(value as bigint), type.unit)}${type.timezone ? '+00' : ''}`
    case Type.Decimal:
      return (value) => (typeof value === 'bigint' ? decimalText(value, type.scale) : String(value))
    case Type.Int:
      return type.bitWidth === 64
        ? (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)
        : null
    case Type.Bool:
    case Type.Float:
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return null
    default:
      return jsonText
  }
}

/** A column's values as batch scoring has them. */
function valuesOf(column: Column<unknown>): ArrayLike<unknown> {
  const values = column.toArray()
  const convert = converterOf(column.type)
  if (convert === null) return values
  const converted: unknown[] = new Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value: unknown = values[i]
    converted[i] = value === null || value === undefined ? null : convert(value)
  }
  return converted
}

setCompressionCodec(CompressionType.LZ4_FRAME, codecOf('lz4'))
setCompressionCodec(CompressionType.ZSTD, codecOf('zstd'))

/** Compressed buffers are read; what is written is not compressed. */
function codecOf(codec: ArrowCodec) {
  return {
    decode: (bytes: Uint8Array, length?: number | null) => decompress(codec, bytes, Number(length)),
    encode: (bytes: Uint8Array) => bytes,
  }
}

export interface ArrowSourceOptions {
  signature: Signature
  /** Values of all columns, not only of the model's: for outputs that are not Arrow. */
  everything: boolean
}

/** An Arrow IPC stream or file, record batch by record batch. */
export function createArrowSource(path: string, { signature, everything }: ArrowSourceOptions): Source {
  let open: ByteFeed | null = null
  const inputs = new Set(signature.inputs.map((input) => input.name))
  const extract = { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true } as const
  const read = (bytes: Uint8Array) => {
    try {
      return tableFromIPC(new Uint8Array(bytes), extract)
    } catch (error) {
      throw new Failure(
        'invalid-input',
        `${path} is not an Arrow IPC stream or file that can be read: ${error instanceof Error ? error.message : String(error)}.`,
        'Write it again.',
      )
    }
  }
  const describe = (fields: readonly { name: string; type: DataType }[]): ChunkColumn[] =>
    fields.map(({ name, type }) => ({ name, type: arrowColumnType(type) }))
  let known: ChunkColumn[] | null = null
  const columns = async () => {
    if (known !== null) return known
    const feed = await fileFeed(path)
    try {
      for await (const piece of arrowPieces(feed, path)) {
        if (piece.kind !== 'schema') continue
        known = describe(read(piece.bytes).schema.fields)
        checkColumns(
          known.map(({ name }) => name),
          signature,
        )
        return known
      }
    } finally {
      await feed.close()
    }
    throw new Failure(
      'invalid-input',
      `${path} has no Arrow schema.`,
      'Write it as an Arrow IPC stream or file.',
    )
  }
  return {
    columns,
    async *chunks(from) {
      const fixed = await columns()
      const start = from === null ? { batch: 0, row: 1 } : positionSchema.parse(from)
      open = await fileFeed(path)
      const { size } = open
      const heads: Buffer[] = []
      let batch = 0
      let row = start.row
      for await (const piece of arrowPieces(open, path)) {
        if (piece.kind === 'schema' || piece.kind === 'dictionary') heads.push(piece.bytes)
        if (piece.kind !== 'batch') continue
        batch++
        if (batch <= start.batch) continue
        const table = read(Buffer.concat([...heads, piece.bytes]))
        const rows = table.numRows
        yield {
          rows,
          columns: fixed,
          values: table.children.map((column, c) =>
            everything || inputs.has(fixed[c]!.name) ? valuesOf(column) : undefined,
          ),
          textCells: false,
          records: null,
          numbers: rowNumbers(row, rows),
          lines: null,
          arrow: table.children,
          unread: [],
          position: { batch, row: row + rows },
          fraction: size === null || size === 0 ? null : piece.end / size,
        }
        row += rows
      }
    },
    async close() {
      await open?.close()
      open = null
    },
  }
}
