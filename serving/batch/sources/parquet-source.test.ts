/**
 * Catches values of a Parquet column of any type that are read otherwise than DuckDB reads them, whatever the encoding and
 * the codec, and rows for the side file that are not those of their numbers.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DuckDbSession, openDuckDb } from '../duckdb-session.ts'
import { parquetSourceOf, valuesOf } from '../testing/parquet-values.ts'
import { typedNames as names, typedRow as row, typedRowsFile } from '../testing/typed-rows.ts'

let folder: string
let session: DuckDbSession
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-pages-'))
  session = await openDuckDb(':memory:', 'the test')
  await session.run("set TimeZone = 'UTC'")
})
afterAll(async () => {
  session.close()
  await rm(folder, { recursive: true, force: true })
})

const forms = ['snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw', 'uncompressed'].flatMap((codec) => [
  `compression ${codec}`,
  `compression ${codec}, dictionary_size_limit 0, parquet_version v2`,
])

it.each(forms)('has the values and types that DuckDB finds, %s', async (options) => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
      const path = await typedRowsFile(session, folder, rows, options)
      const source = await parquetSourceOf(path)
      const described = await session.rows(`select column_type from (describe from '${path}')`)
      expect((await source.columns()).map(({ type }) => type.sql)).toEqual(
        described.map(({ column_type }) => column_type),
      )
      const found = await valuesOf(source)
      const numbers = await session.rows(`select single, "double" from '${path}'`)
      const texts = await session.rows(`select columns(*)::varchar from '${path}'`)
      for (const [c, name] of names.entries()) {
        const floating = name === 'single' || name === 'double'
        const expected = floating
          ? // A missing number is one that is none.
            numbers.map((one) => one[name] ?? Number.NaN)
          : texts.map((one) => one[name])
        const missing = (value: unknown) => value === null || Number.isNaN(value)
        const shown = floating ? found[c] : found[c]?.map((value) => (missing(value) ? null : String(value)))
        expect([name, shown]).toEqual([name, expected])
      }
    }),
    { numRuns: 15 },
  )
})

it('gives whole rows to the side file by their numbers, across row groups, in one pass', async () => {
  const path = join(folder, 'rows.parquet')
  await session.run(`copy (select i as id, 'x' || i as text, (i / 4)::decimal(9,2) as price, date '2026-01-01' + i::int as day,
    case when i % 2 = 0 then 'nan'::double else i end as number, '[1]'::json as list from range(9000) t(i))
    to '${path}' (format parquet, row_group_size 2048)`)
  const source = await parquetSourceOf(path)
  for (const [first, count] of [
    [0, 2],
    [2047, 3],
    [2050, 1],
    [6500, 1],
    [8998, 2],
  ] as const) {
    const rows = (await source.rowsAt?.(first, count)) ?? []
    const expected = await session.rows(
      `select id::int as id, text, price::double as price, day::varchar as day, number from '${path}' limit ${count} offset ${first}`,
    )
    expect(rows).toEqual(
      expected.map((one) => ({ ...one, number: Number.isNaN(one.number) ? 'NaN' : one.number, list: [1] })),
    )
  }
  await source.close()
})

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name)

it.each(['types', 'whole-decimals', 'old-times', 'encodings', 'second-encodings', 'empty-groups'])(
  'reads what pyarrow wrote as DuckDB does: %s',
  async (name) => {
    const path = fixture(`${name}.parquet`)
    const source = await parquetSourceOf(path)
    const columns = await source.columns()
    const described = await session.rows(`select column_type from (describe from '${path}')`)
    expect(columns.map(({ type }) => type.sql)).toEqual(described.map(({ column_type }) => column_type))
    const texts = await session.rows(`select columns(*)::varchar from '${path}'`)
    const found = await valuesOf(source)
    for (const [c, column] of columns.entries()) {
      const shown = found[c]?.map((value) => (value === null || Number.isNaN(value) ? null : String(value)))
      const floating = column.type.kind === 'double'
      const expected = texts.map((one) => one[column.name])
      expect([column.name, floating ? shown?.map((text) => text && Number(text)) : shown]).toEqual([
        column.name,
        floating ? expected.map((text) => text && Number(text)) : expected,
      ])
    }
  },
)

it.each(['types', 'whole-decimals'])(
  'reads short decimals as the numbers that their texts spell: %s',
  async (name) => {
    const path = fixture(`${name}.parquet`)
    const numeric = (column: string) =>
      ({
        kind: 'numeric',
        name: column,
        impute: 'none',
        fill: null,
        scale: 'none',
        center: 0,
        factor: 1,
      }) as const
    const source = await parquetSourceOf(path, [numeric('price'), numeric('long')])
    const texts = await session.rows(`select price::varchar as price, long::varchar as long from '${path}'`)
    const [places, found] = [(await source.columns()).map((one) => one.name), await valuesOf(source)]
    for (const column of ['price', 'long']) {
      const expected = texts.map((one) => (one[column] === null ? Number.NaN : Number(one[column])))
      expect(found[places.indexOf(column)]).toEqual(expected)
    }
  },
)

it('has the texts of plain pages, whether they repeat, hardly do, or do so at first alone', async () => {
  const path = join(folder, 'plain-texts.parquet')
  await session.run(`copy (select ['a', 'Ünïcode', '', null, 'b'][i % 5 + 1] as few, 'key ' || i as unique,
    case when i < 6000 then 'same' else 'text ' || (i * 7919) % 9973 end as later, repeat('long ', i::int % 40) as long
    from range(20000) t(i)) to '${path}' (format parquet, dictionary_size_limit 0)`)
  const source = await parquetSourceOf(path)
  const names = (await source.columns()).map(({ name }) => name)
  const found = await valuesOf(source)
  const expected = await session.rows(`from '${path}'`)
  for (const [c, name] of names.entries()) {
    expect(found[c]).toEqual(expected.map((one) => one[name]))
  }
})
