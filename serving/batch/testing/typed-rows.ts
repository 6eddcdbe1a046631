/** Rows with a column of every type that Parquet has, for tests that write and read them. */
import { join } from 'node:path'
import fc from 'fast-check'
import type { DuckDbSession } from '../duckdb-session.ts'

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
/** The columns' names. */
export const typedNames = Object.keys(expressions)
/** A row as SQL expressions, one a column; any may be missing. */
export const typedRow: fc.Arbitrary<string[]> = fc.tuple(
  ...Object.values(expressions).map(([type, values]) =>
    fc.option(values, { freq: 4, nil: 'null' }).map((value) => `(${value})::${type}`),
  ),
)

let files = 0
/** Writes rows as a Parquet file by DuckDB. @param options of its `copy` */
export async function typedRowsFile(
  session: DuckDbSession,
  folder: string,
  rows: readonly (readonly string[])[],
  options: string,
): Promise<string> {
  // A file of its own each time: DuckDB remembers those that it has read.
  const path = join(folder, `values-${files++}.parquet`)
  const lists = rows.map((cells) => `(${cells.join(', ')})`)
  await session.run(`copy (from (values ${lists.join(', ')}) t(${typedNames.map((name) => `"${name}"`).join(', ')})) to '${path}' (format parquet,
    row_group_size 2048, ${options})`)
  return path
}
