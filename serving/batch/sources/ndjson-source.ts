import { z } from 'zod'
import { jsonProblem } from '../../../shared/decoding/parse-json.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import {
  type ChunkColumn,
  type ColumnType,
  chunkBytes,
  chunkRows,
  type RowChunk,
  type Source,
  type UnreadRow,
} from '../row-chunk.ts'
import { type ByteFeed, fileFeed } from './byte-feed.ts'
import { createByteWindow } from './byte-window.ts'

const positionSchema = z.strictObject({ byte: z.number().int(), row: z.number().int() })
const lineFeed = 10

type Json = Record<string, unknown>

interface Lines {
  records: Json[]
  numbers: number[]
  starts: number[]
  ends: number[]
  unread: UnreadRow[]
  /** The number of the row after them. */
  row: number
}

interface JsonRows extends Lines {
  bytes: Buffer
  consumed: number
}

/** JSON has one object a line, so rows are objects here; only a chunk of them at a time. */
async function* jsonRows(feed: ByteFeed, path: string, firstRow: number): AsyncIterable<JsonRows> {
  const window = createByteWindow(feed, (megabytes) => `${path} has a line of over ${megabytes} MB.`)
  let row = firstRow
  for (;;) {
    const records: Json[] = []
    const unread: UnreadRow[] = []
    const chunk: Lines = { records, numbers: [], starts: [], ends: [], unread, row }
    window.makeRoom()
    let position = window.used
    while (records.length + unread.length < chunkRows && position - window.used < chunkBytes) {
      const { bytes, filled, ended } = window
      const found = bytes.indexOf(lineFeed, position)
      const end = found >= 0 && found < filled ? found : -1
      if (end < 0 && !ended) {
        await window.more(position)
        continue
      }
      if (position >= filled) break
      const stop = end < 0 ? filled : end
      readLine(bytes, position, stop, row, chunk)
      row = chunk.row
      position = Math.min(stop + 1, filled)
    }
    const isEmpty = records.length + unread.length === 0
    if (isEmpty && position >= window.filled && window.ended) return
    window.used = position
    // Megabytes of blank lines are no end.
    if (!isEmpty) yield { ...chunk, bytes: window.bytes, consumed: window.consumed }
  }
}

function readLine(buffer: Buffer, start: number, end: number, row: number, chunk: Lines): void {
  const text = buffer.toString('utf8', start, end).trim()
  if (text === '') return
  chunk.row = row + 1
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const { column, expectation } = jsonProblem(text) ?? { column: 1, expectation: 'it cannot be read' }
    chunk.unread.push({ row, reason: `not JSON: column ${column}: ${expectation}`, text })
    return
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    chunk.unread.push({ row, reason: 'expected a JSON object', text })
    return
  }
  chunk.records.push(value as Json)
  chunk.numbers.push(row)
  chunk.starts.push(start)
  let last = end
  while (last > start && buffer[last - 1]! <= 32) last--
  chunk.ends.push(last)
}

const double: ColumnType = { kind: 'double', sql: 'DOUBLE' }
const truth: ColumnType = { kind: 'boolean', sql: 'BOOLEAN' }
const words: ColumnType = { kind: 'text', sql: 'VARCHAR' }

/** What a column of the first rows holds: numbers or truth values where nothing else is in it, text otherwise. */
function typeOf(records: readonly Json[], name: string): ColumnType {
  let kind: ColumnType | null = null
  for (const record of records) {
    const value = record[name]
    if (value === null || value === undefined) continue
    const own = typeof value === 'number' ? double : typeof value === 'boolean' ? truth : words
    if (kind !== null && kind !== own) return words
    kind = own
  }
  return kind ?? words
}

function fits(value: unknown, { kind }: ColumnType): boolean {
  if (value === null || value === undefined || kind === 'text') return true
  return kind === 'boolean' ? typeof value === 'boolean' : typeof value === 'number'
}

export interface NdjsonSourceOptions {
  signature: Signature
  /** Columns of fixed names and types, for outputs that have them; else lines travel as they stand. */
  everything: boolean
}

/** NDJSON. Its columns are those of its first rows; with `everything`, rows that do not fit them are not read. */
export function createNdjsonSource(path: string, { signature, everything }: NdjsonSourceOptions): Source {
  let known: ChunkColumn[] | null = null
  let open: ByteFeed | null = null
  const columns = async (): Promise<ChunkColumn[]> => {
    if (known !== null) return known
    const feed = await fileFeed(path)
    try {
      let first: Json[] = []
      for await (const chunk of jsonRows(feed, path, 1)) {
        first = chunk.records
        if (first.length > 0) break
      }
      const names = new Set(first.flatMap((record) => Object.keys(record)))
      const numeric = new Set(
        signature.inputs.filter(({ type }) => type === 'numeric').map(({ name }) => name),
      )
      known = [...names].map((name) => {
        const type = typeOf(first, name)
        // A bad value among the first rows must not turn a number of the model's into text.
        return { name, type: numeric.has(name) ? double : type }
      })
      return known
    } finally {
      await feed.close()
    }
  }

  /** Takes rows out that have a column of no place or of another type. */
  const checked = (rows: JsonRows, fixed: readonly ChunkColumn[]): JsonRows => {
    const types = new Map(fixed.map(({ name, type }) => [name, type]))
    const inputs = new Set(signature.inputs.map(({ name }) => name))
    const keep: JsonRows = {
      ...rows,
      records: [],
      numbers: [],
      starts: [],
      ends: [],
      unread: [...rows.unread],
    }
    for (const [i, record] of rows.records.entries()) {
      const odd = Object.keys(record).find((name) => {
        const type = types.get(name)
        return type === undefined || (!inputs.has(name) && !fits(record[name], type))
      })
      if (odd === undefined) {
        keep.records.push(record)
        keep.numbers.push(rows.numbers[i]!)
        keep.starts.push(rows.starts[i]!)
        keep.ends.push(rows.ends[i]!)
        continue
      }
      const type = types.get(odd)
      keep.unread.push({
        row: rows.numbers[i]!,
        reason:
          type === undefined
            ? `column "${odd}": none of the first rows has it`
            : `column "${odd}": expected ${type.kind === 'boolean' ? 'true or false' : 'a number'} as in the first rows`,
        text: rows.bytes.toString('utf8', rows.starts[i], rows.ends[i]),
      })
    }
    return keep
  }

  return {
    columns,
    async *chunks(from) {
      const fixed = await columns()
      const start = from === null ? { byte: 0, row: 1 } : positionSchema.parse(from)
      open = await fileFeed(path, start.byte)
      const { size } = open
      for await (const all of jsonRows(open, path, start.row)) {
        const rows = everything ? checked(all, fixed) : all
        const byte = start.byte + all.consumed
        const chunk: RowChunk = {
          rows: rows.records.length,
          columns: fixed,
          values: fixed.map(({ name }) =>
            everything ? rows.records.map((record) => record[name] ?? null) : undefined,
          ),
          textCells: false,
          records: rows.records,
          numbers: Float64Array.from(rows.numbers),
          lines: {
            format: 'ndjson',
            bytes: rows.bytes,
            starts: Int32Array.from(rows.starts),
            ends: Int32Array.from(rows.ends),
          },
          arrow: null,
          unread: rows.unread,
          position: { byte, row: all.row },
          fraction: size === null || size === 0 ? null : byte / size,
        }
        yield chunk
      }
    },
    async close() {
      await open?.close()
      open = null
    },
  }
}
