/** HOT: the shape in which batch scoring holds rows: columns, a few thousand rows at a time, never an object per row. */
import type { Column } from '@uwdata/flechette'
import type { CodedTexts } from '../../shared/signature/decode-rows.ts'

/**
 * What a column's values are: `boolean` true and false, `integer` numbers and bigints, `double` numbers, `text` strings;
 * null where missing. `sql` is the DuckDB type that a database makes of them, such as `DATE` of a text `2026-01-31`.
 */
export interface ColumnType {
  readonly kind: 'boolean' | 'integer' | 'double' | 'text'
  readonly sql: string
}

export interface ChunkColumn {
  readonly name: string
  readonly type: ColumnType
}

/** A row that could not be read. */
export interface UnreadRow {
  /** From 1, as in the input. */
  readonly row: number
  readonly reason: string
  readonly text: string
}

/** Bytes of the rows as they stood in a text file, line ends left out. Valid until the next chunk is read. */
export interface Lines {
  readonly format: 'csv' | 'ndjson'
  readonly bytes: Buffer
  readonly starts: Int32Array
  readonly ends: Int32Array
}

export interface RowChunk {
  readonly rows: number
  readonly columns: readonly ChunkColumn[]
  /**
   * One array a column; undefined for columns that nobody asked for, which travel in `lines`. A source whose columns
   * pass through otherwise may read the next chunk into the same arrays, as into those of `coded`.
   */
  readonly values: readonly (ArrayLike<unknown> | undefined)[]
  /** Columns of known categories as places among them instead of `values`, where no output asks for texts. */
  readonly coded?: Readonly<Record<string, CodedTexts>>
  /** Cells are CSV text: an empty one is missing, truth values are spelled out. */
  readonly textCells: boolean
  /** JSON objects instead of columns, from NDJSON. */
  readonly records: readonly Record<string, unknown>[] | null
  /** Each row's number in the input, from 1. */
  readonly numbers: Float64Array
  readonly lines: Lines | null
  /** Arrow columns as they came, for Arrow output without loss. */
  readonly arrow: readonly Column<unknown>[] | null
  readonly unread: readonly UnreadRow[]
  /** Where reading continues after this chunk; the source that made it understands it. */
  readonly position: unknown
  /** Of the whole input, 0 to 1; null where the size is not known. */
  readonly fraction: number | null
}

export interface Source {
  /** The columns that pass through; for inputs without a header, those of their first rows. */
  columns(): Promise<readonly ChunkColumn[]>
  chunks(from: unknown): AsyncIterable<RowChunk>
  /** Whole rows from number `first` (counted from 0), where a chunk holds only some of their columns. */
  rowsAt?(first: number, count: number): Promise<unknown[]>
  close(): Promise<void>
}

/** Rows of a chunk at most: enough to keep the loops busy, little enough to stay small. */
export const chunkRows = 8_192
/** Bytes of text in a chunk, about; rows of great width make shorter chunks. */
export const chunkBytes = 4 << 20

/** The numbers of `rows` rows from `first` on. */
export function rowNumbers(first: number, rows: number): Float64Array {
  const numbers = new Float64Array(rows)
  for (let i = 0; i < rows; i++) numbers[i] = first + i
  return numbers
}

/** A chunk whose lines stay valid when the next one is read. */
export function detached(chunk: RowChunk): RowChunk {
  const { lines } = chunk
  if (lines === null || lines.starts.length === 0) return chunk
  const from = lines.starts[0]!
  const bytes = Buffer.from(lines.bytes.subarray(from, lines.ends.at(-1)))
  const starts = lines.starts.map((start) => start - from)
  const ends = lines.ends.map((end) => end - from)
  return { ...chunk, lines: { ...lines, bytes, starts, ends } }
}
