/** HOT: columns of a Parquet file out of its pages (benchmark: bench/batch.ts). */
import { type FileHandle, open } from 'node:fs/promises'
import { z } from 'zod'
import type { Pipeline } from '../../../shared/features/pipeline.ts'
import { type Reading, readingOf } from '../../../shared/features/reading.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { checkColumns } from '../check-columns.ts'
import {
  damagedGroup,
  type HeldColumn,
  type OpenColumn,
  openGroup,
  readGroupRows,
  type WantedColumn,
} from '../parquet/group-rows.ts'
import type { ParquetLayout } from '../parquet/layout.ts'
import { hasNumbers, type ParquetColumn, type ReadableColumn } from '../parquet/parquet-columns.ts'
import { type ChunkColumn, chunkRows, type RowChunk, rowNumbers, type Source } from '../row-chunk.ts'
import { unreadable } from './byte-feed.ts'
import type { DuckDbSource } from './duckdb-source.ts'
import { createParquetRows } from './parquet-rows.ts'

const positionSchema = z.strictObject({ row: z.number().int() })

export interface ParquetReading {
  path: string
  layout: ParquetLayout
  columns: readonly ParquetColumn[]
  signature: Signature
  pipeline: Pipeline
  /** Values of all columns, not only of the model's: for outputs that do not copy pages. All can be read then. */
  everything: boolean
  /** Opens the file as DuckDB reads it; null where there is no DuckDB. */
  duckDb: () => Promise<DuckDbSource | null>
}

/**
 * What is made of a column: what the row decoder takes in fewest steps, or what an output needs as well, which is never
 * a rounded number.
 */
function wantedAs(column: ReadableColumn, reading: Reading | undefined, output: boolean): WantedColumn['as'] {
  const { form } = column
  if (form.as === 'text') return 'texts'
  const small = form.as === 'number' && form.bits < 64
  if (output) return small ? 'numbers' : 'values'
  if (form.as === 'truth') return reading === 'boolean' ? 'numbers' : 'values'
  return small || (reading === 'numeric' && hasNumbers(column)) ? 'numbers' : 'values'
}

/** Texts of a column, one string a text of the dictionary. */
function textsOf(
  codes: Int32Array,
  dictionary: readonly string[],
  others: readonly (string | null)[] | null,
) {
  const texts: (string | null)[] = new Array(codes.length)
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!
    texts[i] = code >= 0 ? dictionary[code]! : (others?.[i] ?? null)
  }
  return texts
}

/** Which of the columns that the model reads cannot be read from the pages. */
export function unreadInputs(columns: readonly ParquetColumn[], pipeline: Pipeline): ParquetColumn[] {
  const inputs = new Set(pipeline.columns.map(({ name }) => name))
  return columns.filter(({ name, read }) => inputs.has(name) && typeof read === 'string')
}

/**
 * A Parquet file whose columns are read here, dictionary places as they stand; columns of the model's that are not read
 * here come from DuckDB beside them, row by row the same. No chunk reaches across a row group's end.
 */
export function createParquetSource(reading: ParquetReading): Source {
  const { path, layout, columns, signature, pipeline, everything, duckDb } = reading
  const fixed: ChunkColumn[] = columns.map(({ name, type }) => ({ name, type }))
  const inputs = new Map(pipeline.columns.map((encoder) => [encoder.name, readingOf(encoder)]))
  const wanted = columns.flatMap(({ name, read }): WantedColumn[] => {
    if (typeof read === 'string' || !(everything || inputs.has(name))) return []
    return [{ column: read, as: wantedAs(read, inputs.get(name), everything) }]
  })
  const places = wanted.map(({ column }) => fixed.findIndex(({ name }) => name === column.name))
  const unread = unreadInputs(columns, pipeline)
  const total = layout.groups.reduce((sum, { rows }) => sum + rows, 0)
  const whole = createParquetRows(path, layout, columns)
  let rest: Promise<DuckDbSource | null> | null = null
  const fromDuckDb = async (): Promise<DuckDbSource | null> => {
    rest ??= duckDb()
    return await rest
  }

  /** What was read, as the parts of a chunk. */
  const partsOf = (
    group: readonly OpenColumn[],
    held: readonly HeldColumn[],
    rows: number,
  ): Required<Pick<RowChunk, 'values' | 'coded'>> => {
    const values: (ArrayLike<unknown> | undefined)[] = new Array(fixed.length).fill(undefined)
    const coded: [string, NonNullable<RowChunk['coded']>[string]][] = []
    for (const [c, one] of held.entries()) {
      const { column, reader } = group[c]!
      if ('numbers' in one) values[places[c]!] = one.numbers
      else if ('values' in one) values[places[c]!] = one.values
      else {
        const { codes, others } = one.texts
        const categories = reader.dictionary()
        if (everything) values[places[c]!] = textsOf(codes, categories, others)
        if (inputs.has(column.name))
          coded.push([column.name, { length: rows, codes, categories, texts: others }])
      }
    }
    return { values, coded: Object.fromEntries(coded) }
  }

  /** Chunks without the columns of the rest. */
  async function* fromPages(file: FileHandle, from: number): AsyncIterable<RowChunk> {
    let done = 0
    let held: readonly HeldColumn[] | null = null
    for (const [g, group] of layout.groups.entries()) {
      const end = done + group.rows
      if (end <= from) {
        done = end
        continue
      }
      const columnsOfGroup = openGroup(file, path, group, wanted)
      while (done < end) {
        // A run that continues in the middle of a group reads what is before it, and drops it.
        const rows = Math.min(chunkRows, (done < from ? from : end) - done)
        // What an output still needs stays; predictions alone are made of what may be overwritten.
        held = await readGroupRows(columnsOfGroup, rows, everything ? null : held).catch((error: unknown) =>
          damagedGroup(path, g, error),
        )
        done += rows
        if (done <= from) continue
        yield {
          rows,
          columns: fixed,
          ...partsOf(columnsOfGroup, held, rows),
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
    async columns() {
      checkColumns(
        fixed.map(({ name }) => name),
        signature,
      )
      return fixed
    },
    async *chunks(position) {
      const from = position === null ? 0 : positionSchema.parse(position).row
      const file = await open(path, 'r').catch((error: unknown) => Promise.reject(unreadable(path, error)))
      try {
        const pages = fromPages(file, from)
        if (unread.length === 0) {
          yield* pages
          return
        }
        const source = await fromDuckDb()
        if (source === null) throw new Error(`${path} needs DuckDB, which is not here.`)
        source.onlyInputs(pipeline, new Set(wanted.map(({ column }) => column.name)))
        // Both end their chunks at the same rows.
        source.cutAt(layout.groups.map(({ rows }) => rows))
        const beside = source.chunks(position)[Symbol.asyncIterator]()
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
    async rowsAt(first, count) {
      // DuckDB has the nested columns as well.
      const source = whole.complete ? null : await fromDuckDb()
      return (await source?.rowsAt?.(first, count)) ?? (await whole.rowsAt(first, count))
    },
    async close() {
      await whole.close()
      const source = await rest?.catch(() => null)
      await source?.close()
    },
  }
}
