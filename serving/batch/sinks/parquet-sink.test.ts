/**
 * Catches values that are not in a written Parquet file as they were, whatever their type and the codec, for DuckDB and for
 * our own reader, and row groups and dictionaries that grow with the input.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DuckDbSession, openDuckDb } from '../duckdb-session.ts'
import { codecs } from '../parquet/decompress-page.ts'
import { type ChunkColumn, type RowChunk, rowNumbers } from '../row-chunk.ts'
import { parquetSourceOf, valuesOf } from '../testing/parquet-values.ts'
import { scoredRows } from '../testing/scored-rows.ts'
import { typedNames, typedRow, typedRowsFile } from '../testing/typed-rows.ts'
import { canWrite, createParquetSink } from './parquet-sink.ts'

let folder: string
let session: DuckDbSession
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-written-'))
  session = await openDuckDb(':memory:', 'the test')
  await session.run("set TimeZone = 'UTC'")
})
afterAll(async () => {
  session.close()
  await rm(folder, { recursive: true, force: true })
})

const added: ChunkColumn[] = [{ name: 'prediction', type: { kind: 'double', sql: 'DOUBLE' } }]

const byCodec = Object.entries({ gzip: codecs.gzip, zstd: codecs.zstd, none: codecs.none })

describe.each(byCodec)('Parquet written with %s', (name, codec) => {
  it('has the types and values of the input, in DuckDB and for our own reader', async () => {
    let files = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(typedRow, { minLength: 1, maxLength: 40 }),
        fc.integer(),
        async (rows, odd) => {
          const from = await typedRowsFile(session, folder, rows, 'compression snappy')
          const to = join(folder, `${name}-${files++}.parquet`)
          const source = await parquetSourceOf(from)
          const columns = await source.columns()
          expect(canWrite(columns)).toBe(true)
          const sink = createParquetSink(to, columns, added, codec)
          await sink.open(false)
          const stays = (row: number) => ((odd >> (row & 31)) & 1) === 0
          for await (const chunk of source.chunks(null)) {
            await sink.write(scoredRows(chunk, stays))
            await sink.commit('')
          }
          await sink.finish()
          await source.close()
          const types = (path: string) =>
            session.rows(`select column_name, column_type from (describe from '${path}')`)
          expect(await types(to)).toEqual([
            ...(await types(from)),
            { column_name: 'prediction', column_type: 'DOUBLE' },
          ])
          // A missing number and one that is none are the same to batch scoring.
          const numbers = ['single', 'double'].map((one) => `nullif("${one}", 'nan') as "${one}"`)
          const texts = (path: string) =>
            session.rows(`select columns(* exclude (file_row_number))::varchar from
            (select * replace (${numbers.join(', ')}) from read_parquet('${path}', file_row_number = true)) order by file_row_number`)
          const expected = (await texts(from)).filter((_, row) => stays(row))
          expect(await texts(to)).toEqual(expected.map((one) => ({ ...one, prediction: expect.anything() })))
          const before = await valuesOf(await parquetSourceOf(from))
          const after = await valuesOf(await parquetSourceOf(to))
          expect(after.slice(0, typedNames.length)).toEqual(
            before.map((column) => column.filter((_, row) => stays(row))),
          )
          expect(after.at(-1)).toEqual(rows.flatMap((_, row) => (stays(row) ? row + 1 : [])))
        },
      ),
      { numRuns: 15 },
    )
  })
})

describe('a long Parquet file', () => {
  const rows = 8_192
  const columns: ChunkColumn[] = [
    { name: 'key', type: { kind: 'text', sql: 'VARCHAR' } },
    { name: 'category', type: { kind: 'text', sql: 'VARCHAR' } },
    { name: 'nothing', type: { kind: 'text', sql: 'VARCHAR' } },
  ]
  const chunkOf = (c: number): RowChunk => ({
    rows,
    columns,
    values: [
      Array.from({ length: rows }, (_, i) => `key ${c * rows + i}`),
      Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? null : `category ${i % 300}`)),
      new Array(rows).fill(null),
    ],
    textCells: false,
    records: null,
    numbers: rowNumbers(c * rows + 1, rows),
    lines: null,
    arrow: null,
    unread: [],
    position: null,
    fraction: null,
  })

  it('has row groups of 131,072 rows, and texts that repeat in dictionaries, others plain', async () => {
    const path = join(folder, 'long.parquet')
    const sink = createParquetSink(path, columns, added)
    await sink.open(false)
    for (let c = 0; c < 20; c++) await sink.write(scoredRows(chunkOf(c), () => true))
    await sink.finish()
    const groups = await session.rows(
      `select distinct row_group_id::int as g, row_group_num_rows::int as n from parquet_metadata('${path}') order by g`,
    )
    expect(groups.map(({ n }) => n)).toEqual([131_072, 20 * rows - 131_072])
    const [found] =
      await session.rows(`select count(distinct key)::int as keys, count(category)::int as there,
      count(distinct category)::int as categories, count(nothing)::int as nothing,
      count(*) filter (key <> 'key ' || (prediction - 1)::bigint)::int as odd from '${path}'`)
    expect(found).toEqual({ keys: 20 * rows, there: 20 * (rows - 1639), categories: 240, nothing: 0, odd: 0 })
    const [category, key] =
      await session.rows(`select path_in_schema as p, encodings as e, total_uncompressed_size::int as bytes
      from parquet_metadata('${path}') where row_group_id = 0 and path_in_schema in ('key', 'category') order by p`)
    expect(Number(category?.bytes)).toBeLessThan(Number(key?.bytes) / 8)
  })

  it('names the column and the value that its type does not have', async () => {
    const day: ChunkColumn[] = [{ name: 'day', type: { kind: 'text', sql: 'DATE' } }]
    const sink = createParquetSink(join(folder, 'odd.parquet'), day, added)
    await sink.open(false)
    const chunk = { ...chunkOf(0), rows: 2, columns: day, values: [['2026-01-31', 'soon']] }
    await expect(sink.write(scoredRows(chunk, () => true))).rejects.toThrow(
      'Column "day" cannot be written as DATE: "soon" is no date.',
    )
    await sink.abandon(false)
  })
})
