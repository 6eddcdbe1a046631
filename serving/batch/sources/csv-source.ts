/** HOT: CSV cells into columns (benchmark: bench/batch.ts). */
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { checkColumns } from '../check-columns.ts'
import type { ChunkColumn, ColumnType, RowChunk, Source, UnreadRow } from '../row-chunk.ts'
import { type ByteFeed, fileFeed } from './byte-feed.ts'
import { type CsvRows, createCsvRows } from './csv-rows.ts'
import { notPlain, readNumber } from './read-number.ts'
import { createTextCells, unquoted } from './text-cells.ts'

const positionSchema = z.strictObject({ byte: z.number().int(), row: z.number().int() })

export interface CsvSourceOptions {
  signature: Signature
  /** Values of all columns, not only of the model's: for outputs that cannot take the lines as they stand. */
  everything: boolean
}

/** How the cells of one column become values. */
interface CellReader {
  read(rows: CsvRows, column: number, from: Int32Array, count: number): ArrayLike<unknown>
}

const quote = 34

/** Reads columns of `double` as numbers and all others as text. A cell that is no number stays text. */
function cellReader(type: ColumnType, nullText: string | null): CellReader {
  const texts = createTextCells()
  const text = (bytes: Buffer, start: number, end: number): string =>
    bytes[start] === quote && end > start
      ? unquoted(bytes.toString('utf8', start, end))
      : texts.read(bytes, start, end)
  if (type.kind !== 'double' && type.kind !== 'integer') {
    // A database writes truth values as t and f.
    const truth = type.kind === 'boolean' && nullText !== null
    return {
      read({ bytes, firstCell, starts, ends }, column, from, count) {
        const values: (string | boolean | null)[] = new Array(count)
        for (let i = 0; i < count; i++) {
          const cell = firstCell[from[i]!]! + column
          const start = starts[cell]!
          const value = text(bytes, start, ends[cell]!)
          const missing = value === nullText && bytes[start] !== quote
          values[i] = missing ? null : truth ? value === 't' : value
        }
        return values
      },
    }
  }
  return {
    read({ bytes, firstCell, starts, ends }, column, from, count) {
      const numbers = new Float64Array(count)
      let mixed: unknown[] | null = null
      for (let i = 0; i < count; i++) {
        const cell = firstCell[from[i]!]! + column
        const start = starts[cell]!
        const end = ends[cell]!
        const number = start === end ? Number.NaN : readNumber(bytes, start, end)
        if (number !== notPlain) {
          numbers[i] = number
          if (mixed !== null) mixed[i] = number
          continue
        }
        const cellText = text(bytes, start, end)
        mixed ??= Array.from(numbers)
        mixed[i] =
          cellText === nullText ? null : nullText === null ? cellText : readDatabaseNumber(cellText, type)
      }
      return mixed ?? numbers
    },
  }
}

/** A database writes every number it has; whole ones of over 15 digits are read exactly. */
function readDatabaseNumber(text: string, type: ColumnType): unknown {
  return type.kind === 'integer' && /^-?\d{16,}$/.test(text) ? BigInt(text) : Number(text)
}

export interface CsvReading {
  feed: ByteFeed
  path: string
  columns: readonly ChunkColumn[]
  /** Which columns become values. */
  wanted: readonly boolean[]
  /** What a database writes for null, unquoted; without it an empty cell is missing. */
  nullText: string | null
  firstRow: number
  /** Where the feed began, in bytes of the whole input. */
  firstByte: number
}

/** Chunks of CSV without a header. */
export async function* csvChunks(reading: CsvReading): AsyncIterable<RowChunk> {
  const { feed, path, columns, wanted, nullText, firstByte } = reading
  const rows = createCsvRows(feed, path)
  if (nullText === null && firstByte === 0) await rows.begin()
  let number = reading.firstRow
  const readers = columns.map(({ type }) => cellReader(type, nullText))
  for (;;) {
    const cut = await rows.next()
    if (cut.rows === 0) return
    const from = new Int32Array(cut.rows)
    const numbers = new Float64Array(cut.rows)
    const starts = new Int32Array(cut.rows)
    const ends = new Int32Array(cut.rows)
    const unread: UnreadRow[] = []
    let count = 0
    for (let row = 0; row < cut.rows; row++, number++) {
      if (cut.cells[row] !== columns.length) {
        unread.push({
          row: number,
          reason: `${cut.cells[row]} cells where the header has ${columns.length}`,
          text: cut.bytes.toString('utf8', cut.rowStarts[row], cut.rowEnds[row]),
        })
        continue
      }
      from[count] = row
      numbers[count] = number
      starts[count] = cut.rowStarts[row]!
      ends[count] = cut.rowEnds[row]!
      count++
    }
    const byte = firstByte + cut.consumed
    yield {
      rows: count,
      columns,
      values: columns.map((_, c) => (wanted[c] ? readers[c]!.read(cut, c, from, count) : undefined)),
      textCells: nullText === null,
      records: null,
      numbers: numbers.subarray(0, count),
      lines: nullText === null ? { format: 'csv', bytes: cut.bytes, starts, ends } : null,
      arrow: null,
      unread,
      position: { byte, row: number },
      fraction: feed.size === null || feed.size === 0 ? null : byte / feed.size,
    }
  }
}

/** What CSV cells become: numbers and truth values where the signature has them, text otherwise. */
export function csvColumnType(signature: Signature, name: string): ColumnType {
  const input = signature.inputs.find((column) => column.name === name)
  if (input?.type === 'numeric') return { kind: 'double', sql: 'DOUBLE' }
  if (input?.type === 'boolean') return { kind: 'boolean', sql: 'BOOLEAN' }
  return { kind: 'text', sql: 'VARCHAR' }
}

/** A CSV file with a header line. */
export function createCsvSource(path: string, { signature, everything }: CsvSourceOptions): Source {
  let known: { columns: ChunkColumn[]; byte: number } | null = null
  let open: ByteFeed | null = null
  const header = async () => {
    if (known !== null) return known
    const feed = await fileFeed(path)
    try {
      const rows = createCsvRows(feed, path)
      await rows.begin()
      const first = await rows.next(1)
      if (first.rows === 0) {
        throw new Failure(
          'invalid-input',
          `${path}, line 1: there is no header line.`,
          'Begin the file with the names of its columns.',
        )
      }
      const names = Array.from({ length: first.cells[0]! }, (_, c) => {
        const raw = first.bytes.toString('utf8', first.starts[c], first.ends[c])
        return raw.startsWith('"') ? unquoted(raw) : raw
      })
      checkColumns(names, signature)
      known = {
        columns: names.map((name) => ({ name, type: csvColumnType(signature, name) })),
        byte: first.consumed,
      }
      return known
    } finally {
      await feed.close()
    }
  }
  return {
    columns: async () => (await header()).columns,
    async *chunks(from) {
      const { columns, byte } = await header()
      const start = from === null ? { byte, row: 1 } : positionSchema.parse(from)
      open = await fileFeed(path, start.byte)
      const inputs = new Set(signature.inputs.map((input) => input.name))
      yield* csvChunks({
        feed: open,
        path,
        columns,
        wanted: columns.map(({ name }) => everything || inputs.has(name)),
        nullText: null,
        firstRow: start.row,
        firstByte: start.byte,
      })
    },
    async close() {
      await open?.close()
      open = null
    },
  }
}
