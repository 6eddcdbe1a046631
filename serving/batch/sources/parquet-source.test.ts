/**
 * Catches values of a Parquet column of any type that are read otherwise than DuckDB reads them, whatever the encoding and
 * the codec, and rows for the side file that are not those of their numbers.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Pipeline } from '../../../shared/features/pipeline.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { type DuckDbSession, openDuckDb } from '../duckdb-session.ts'
import { readParquetLayout } from '../parquet/layout.ts'
import { parquetColumns } from '../parquet/parquet-columns.ts'
import type { Source } from '../row-chunk.ts'
import { createParquetSource } from './parquet-source.ts'

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

const digits = (most: number) =>
  fc.bigInt({ min: -(10n ** BigInt(most)) + 1n, max: 10n ** BigInt(most) - 1n })
const integer = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map(String)
const decimal = (precision: number, scale: number) =>
  digits(precision).map((value) => {
    const shown = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    return `'${value < 0n ? '-' : ''}${shown.slice(0, -scale)}.${shown.slice(-scale)}'`
  })
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
// DuckDB's times begin in the year 290309 before Christ; those that are one with infinity are left out.
const microseconds = fc.oneof(
  fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }),
  fc.bigInt({ min: -(10n ** 7n), max: 10n ** 7n }),
  fc.bigInt({ min: 2n ** 53n - 10n ** 6n, max: 2n ** 53n }),
)
const number = fc.oneof(
  fc.double(),
  fc.integer().map((n) => n / 8),
)
const stated = (value: number) => (Number.isFinite(value) ? String(value) : `'${value}'`)

/** Types and SQL expressions of values by the name of their column. */
const expressions: Record<string, [type: string, values: fc.Arbitrary<string>]> = {
  tiny: ['tinyint', integer(-(2n ** 7n), 2n ** 7n - 1n)],
  small: ['smallint', integer(-(2n ** 15n), 2n ** 15n - 1n)],
  whole: ['integer', integer(-(2n ** 31n), 2n ** 31n - 1n)],
  long: ['bigint', fc.oneof(integer(-(2n ** 63n), 2n ** 63n - 1n), integer(-5n, 5n))],
  utiny: ['utinyint', integer(0n, 2n ** 8n - 1n)],
  usmall: ['usmallint', integer(0n, 2n ** 16n - 1n)],
  uwhole: ['uinteger', integer(0n, 2n ** 32n - 1n)],
  ulong: ['ubigint', fc.oneof(integer(0n, 2n ** 64n - 1n), integer(0n, 5n))],
  single: ['float', number.map((value) => stated(Math.fround(value)))],
  double: ['double', number.map(stated)],
  truth: ['boolean', fc.constantFrom('true', 'false')],
  text: ['varchar', fc.string({ unit: 'grapheme' }).map((text) => quoted(text.replaceAll('\0', '')))],
  category: ['varchar', fc.constantFrom("'a'", "'ü'", "''")],
  json: ['json', fc.constantFrom(`'{"a":[1,null]}'`, "'3'")],
  price: ['decimal(9,2)', decimal(9, 2)],
  amount: ['decimal(18,4)', decimal(18, 4)],
  huge: ['decimal(38,10)', decimal(38, 10)],
  day: [
    'date',
    fc
      .oneof(fc.integer({ min: -1_000_000, max: 5_000_000 }), fc.integer({ min: 18_000, max: 18_010 }))
      .map((days) => `date '1970-01-01' + (${days})::integer`),
  ],
  at: [
    'timestamp',
    fc.oneof(
      microseconds.map((us) => `make_timestamp(${us}::bigint)`),
      fc.constantFrom("'infinity'", "'-infinity'"),
    ),
  ],
  nano: [
    'timestamp_ns',
    fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((ns) => `make_timestamp_ns(${ns}::bigint)`),
  ],
  zoned: ['timestamptz', microseconds.map((us) => `make_timestamp(${us}::bigint)`)],
  clock: [
    'time',
    integer(0n, 86_399_999_999n).map((us) => `time '00:00:00' + to_microseconds(${us}::bigint)`),
  ],
  key: ['uuid', fc.uuid().map(quoted)],
  raw: [
    'blob',
    fc.uint8Array({ maxLength: 6 }).map((bytes) => `unhex('${Buffer.from(bytes).toString('hex')}')`),
  ],
}
const names = Object.keys(expressions)
const row = fc.tuple(
  ...Object.values(expressions).map(([type, values]) =>
    fc.option(values, { freq: 4, nil: 'null' }).map((value) => `(${value})::${type}`),
  ),
)

const signature: Signature = {
  version: 1,
  task: 'regression',
  inputs: [],
  target: { name: 'y', sourceType: 'DOUBLE' },
}
const pipeline: Pipeline = { version: 1, columns: [], width: 1, inputs: ['x'] }

/** @param reading of a model that alone needs the columns; without one, all values are wanted */
async function sourceOf(path: string, reading: Pipeline | null = null): Promise<Source> {
  const layout = (await readParquetLayout(path)) ?? expect.unreachable()
  const columns = parquetColumns(layout)
  const duckDb = async () => null
  const everything = reading === null
  return createParquetSource({
    path,
    layout,
    columns,
    signature,
    pipeline: reading ?? pipeline,
    everything,
    duckDb,
  })
}

/** The columns of all chunks, one behind the other. */
async function valuesOf(source: Source): Promise<unknown[][]> {
  const columns = await source.columns()
  const found: unknown[][] = columns.map(() => [])
  for await (const { values } of source.chunks(null)) {
    for (const [c, column] of found.entries()) column.push(...Array.from(values[c] ?? []))
  }
  await source.close()
  return found
}

async function write(rows: readonly (readonly string[])[], options: string): Promise<string> {
  const path = join(folder, 'values.parquet')
  const lists = rows.map((cells) => `(${cells.join(', ')})`)
  await session.run(`copy (from (values ${lists.join(', ')}) t(${names.map((name) => `"${name}"`).join(', ')})) to '${path}' (format parquet,
    row_group_size 2048, ${options})`)
  return path
}

const forms = ['snappy', 'gzip', 'zstd', 'brotli', 'uncompressed'].flatMap((codec) => [
  `compression ${codec}`,
  `compression ${codec}, dictionary_size_limit 0`,
])

it.each(forms)('has the values and types that DuckDB finds, %s', async (options) => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
      const path = await write(rows, options)
      const source = await sourceOf(path)
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
  const source = await sourceOf(path)
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

it.each(['types', 'whole-decimals', 'old-times'])(
  'reads what pyarrow wrote as DuckDB does: %s',
  async (name) => {
    const path = fixture(`${name}.parquet`)
    const source = await sourceOf(path)
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
    const reading = { ...pipeline, columns: [numeric('price'), numeric('long')] }
    const source = await sourceOf(path, reading)
    const texts = await session.rows(`select price::varchar as price, long::varchar as long from '${path}'`)
    const [places, found] = [(await source.columns()).map((one) => one.name), await valuesOf(source)]
    for (const column of ['price', 'long']) {
      const expected = texts.map((one) => (one[column] === null ? Number.NaN : Number(one[column])))
      expect(found[places.indexOf(column)]).toEqual(expected)
    }
  },
)
