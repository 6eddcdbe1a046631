/** HOT: the model's columns of a Parquet file out of its pages, without a value made of them (benchmark: bench/batch.ts). */
import { type FileHandle, open } from 'node:fs/promises'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { Pipeline } from '../../../shared/features/pipeline.ts'
import { type Reading, readingOf } from '../../../shared/features/reading.ts'
import {
  type ColumnReader,
  createColumnReader,
  type ReadBytes,
  type TextTarget,
} from '../parquet/column-reader.ts'
import { type GroupLayout, listOf, numberOf, type ParquetLayout, structOf } from '../parquet/layout.ts'
import { type ReadableColumn, readableColumns } from '../parquet/readable-columns.ts'
import { type ChunkColumn, chunkRows, type RowChunk, rowNumbers } from '../row-chunk.ts'
import { unreadable } from './byte-feed.ts'
import type { DuckDbSource } from './duckdb-source.ts'

const positionSchema = z.strictObject({ row: z.number().int() })

/** So much of a file is read at once, so that a page of a few values is not a read of its own. */
const readAhead = 1 << 20

/** Texts are whatever their reader makes of them; numbers and truth values must be read as such. */
function isReadAs({ kind }: ReadableColumn, reading: Reading): boolean {
  return (
    kind === 'text' ||
    (kind === 'number' && reading === 'numeric') ||
    (kind === 'truth' && reading === 'boolean')
  )
}

/** The columns of a pipeline that can be read from the pages as the row decoder wants them. */
export function columnsFromPages(layout: ParquetLayout, pipeline: Pipeline): ReadableColumn[] {
  const readings = new Map(pipeline.columns.map((encoder) => [encoder.name, readingOf(encoder)]))
  return readableColumns(layout).filter((column) => {
    const reading = readings.get(column.name)
    return reading !== undefined && isReadAs(column, reading)
  })
}

function readerOfBytes(file: FileHandle, path: string, start: number, length: number): ReadBytes {
  let held = Buffer.alloc(0)
  let heldFrom = 0
  return async (from, wanted) => {
    if (from < heldFrom || from + wanted > heldFrom + held.length) {
      // A buffer of its own each time: pages that are being read lie in the one before.
      const buffer = Buffer.allocUnsafeSlow(Math.max(wanted, Math.min(readAhead, length - from)))
      let filled = 0
      while (filled < buffer.length) {
        const { bytesRead } = await file
          .read(buffer, filled, buffer.length - filled, start + from + filled)
          .catch((error: unknown) => Promise.reject(unreadable(path, error)))
        if (bytesRead === 0) break
        filled += bytesRead
      }
      held = buffer.subarray(0, filled)
      heldFrom = from
    }
    return held.subarray(from - heldFrom, from - heldFrom + wanted)
  }
}

interface ReadColumn {
  column: ReadableColumn
  reader: ColumnReader
}

type Held = { numbers: Float64Array } | { texts: TextTarget }

/** Room for a chunk's columns in one buffer, numbers first, so that all of them begin at multiples of eight. */
function allocate(columns: readonly ReadableColumn[], rows: number): Held[] {
  const texts = columns.filter(({ kind }) => kind === 'text').length
  const numbers = columns.length - texts
  const buffer = new ArrayBuffer(rows * (numbers * 8 + texts * 4))
  let numberAt = 0
  let codeAt = numbers * rows * 8
  return columns.map(({ kind }) => {
    if (kind === 'text') {
      codeAt += rows * 4
      return { texts: { codes: new Int32Array(buffer, codeAt - rows * 4, rows), others: null } }
    }
    numberAt += rows * 8
    return { numbers: new Float64Array(buffer, numberAt - rows * 8, rows) }
  })
}

/** Reads into the arrays of the chunk before where they have the right length. */
async function readRows(
  read: readonly ReadColumn[],
  rows: number,
  before: readonly Held[] | null,
): Promise<readonly Held[]> {
  const [first] = before ?? []
  const length =
    first === undefined ? -1 : 'numbers' in first ? first.numbers.length : first.texts.codes.length
  const usable = before !== null && length === rows
  const columns = read.map(({ column }) => column)
  const held = usable ? before : allocate(columns, rows)
  for (const [c, one] of held.entries()) {
    const { reader } = read[c]!
    if ('numbers' in one) await reader.numbers(one.numbers, 0, rows)
    else {
      one.texts.others = null
      await reader.texts(one.texts, 0, rows)
    }
  }
  return held
}

/** What was read, as the parts of a chunk. */
function partsOf(
  fixed: readonly ChunkColumn[],
  read: readonly ReadColumn[],
  held: readonly Held[],
  rows: number,
): Required<Pick<RowChunk, 'values' | 'coded'>> {
  const values: (ArrayLike<unknown> | undefined)[] = new Array(fixed.length).fill(undefined)
  const coded: NonNullable<RowChunk['coded']>[string][] = []
  const names: string[] = []
  for (const [c, one] of held.entries()) {
    const { column, reader } = read[c]!
    if ('numbers' in one) values[fixed.findIndex(({ name }) => name === column.name)] = one.numbers
    else {
      names.push(column.name)
      coded.push({
        length: rows,
        codes: one.texts.codes,
        categories: reader.dictionary(),
        texts: one.texts.others,
      })
    }
  }
  return { values, coded: Object.fromEntries(names.map((name, i) => [name, coded[i]!])) }
}

/**
 * A Parquet file whose model columns are read here, dictionary places as they stand; columns of other types and
 * encodings come from DuckDB beside them, row by row the same. No chunk reaches across a row group's end.
 *
 * @param rest the file as DuckDB reads it, which knows its columns
 */
export function createParquetPagesSource(
  path: string,
  layout: ParquetLayout,
  pipeline: Pipeline,
  rest: DuckDbSource,
): DuckDbSource {
  const own = columnsFromPages(layout, pipeline)
  const names = new Set(own.map(({ name }) => name))
  const groups = listOf(layout.footer.get(4)).map((group) => listOf(structOf(group).get(1)).map(structOf))
  const total = layout.groups.reduce((sum, { rows }) => sum + rows, 0)
  rest.onlyInputs(pipeline, names)

  const readersOf = (file: FileHandle, g: number, { chunks }: GroupLayout): ReadColumn[] =>
    own.map((column) => {
      const { start, bytes } = chunks[column.place]!
      const codec = numberOf(structOf(groups[g]![column.place]!.get(3)).get(4))
      const readBytes = readerOfBytes(file, path, start, bytes)
      return { column, reader: createColumnReader(column, codec, bytes, readBytes) }
    })

  /** Chunks without the columns of the rest. */
  async function* fromPages(file: FileHandle, from: number): AsyncIterable<RowChunk> {
    const fixed = await rest.columns()
    let done = 0
    let held: readonly Held[] | null = null
    for (const [g, group] of layout.groups.entries()) {
      const end = done + group.rows
      if (end <= from) {
        done = end
        continue
      }
      const read = readersOf(file, g, group)
      while (done < end) {
        // A run that continues in the middle of a group reads what is before it, and drops it.
        const rows = Math.min(chunkRows, (done < from ? from : end) - done)
        held = await readRows(read, rows, held).catch((error: unknown) => {
          if (!(error instanceof RangeError)) throw error
          throw new Failure(
            'invalid-input',
            `${path}, row group ${g + 1}, is damaged: ${error.message}.`,
            'Write the file again.',
          )
        })
        done += rows
        if (done <= from) continue
        yield {
          rows,
          columns: fixed,
          ...partsOf(fixed, read, held, rows),
          textCells: false,
          records: null,
          numbers: rowNumbers(done - rows + 1, rows),
          lines: null,
          arrow: null,
          unread: [],
          position: { row: done },
          fraction: total === 0 ? null : done / total,
        }
      }
    }
  }

  return {
    ...rest,
    async *chunks(position) {
      const from = position === null ? 0 : positionSchema.parse(position).row
      const inputs = new Set(pipeline.columns.map(({ name }) => name))
      const others = (await rest.columns()).some(({ name }) => inputs.has(name) && !names.has(name))
      const file = await open(path, 'r').catch((error: unknown) => Promise.reject(unreadable(path, error)))
      try {
        const pages = fromPages(file, from)
        if (!others) {
          yield* pages
          return
        }
        // Both end their chunks at the same rows.
        const beside = rest.chunks(position)[Symbol.asyncIterator]()
        try {
          for await (const chunk of pages) {
            const { value: more, done } = await beside.next()
            if (done || more.rows !== chunk.rows)
              throw new Error(`${path} has other rows than its footer says.`)
            const values = chunk.values.map((one, c) => one ?? more.values[c])
            yield { ...chunk, values, coded: { ...more.coded, ...chunk.coded } }
          }
        } finally {
          await beside.return?.()
        }
      } finally {
        await file.close()
      }
    },
  }
}
