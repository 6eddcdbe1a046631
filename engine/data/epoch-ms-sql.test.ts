/** Catches times that training reads from DuckDB and a deployment reads from a request as different ones. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseTimestamp } from '../../shared/signature/parse-timestamp.ts'
import { type Database, openDatabase, type Session } from './database.ts'
import { epochMsSql } from './epoch-ms-sql.ts'

let database: Database
let session: Session
beforeAll(async () => {
  database = await openDatabase(':memory:', '.')
  session = await database.session()
  // Somewhere else than where the times are written.
  await session.run(`set TimeZone = 'America/New_York'`)
})
afterAll(() => {
  session.close()
  database.close()
})

const texts = [
  '1969-12-31 23:59:59.999999',
  '1969-12-31 23:59:59.999000',
  '1969-12-31 23:59:59.999001',
  '1970-01-01 00:00:00.000001',
  '1970-01-01 00:00:00.000000',
  '1960-02-29 12:00:00.000001',
  '1700-01-01 00:00:00.000999',
  '2024-05-01 12:30:00.123999',
]

async function milliseconds(type: string, values: readonly string[]): Promise<unknown[]> {
  const zone = type === 'TIMESTAMP WITH TIME ZONE' ? '+00' : ''
  const list = values.map((value) => `'${value}${zone}'::${type}`).join(', ')
  const [row] = await session.rows(
    `select list_transform([${list}], lambda v: (${epochMsSql('v', type)})::double)::varchar as ms`,
  )
  return JSON.parse(String(row?.ms))
}

test.each(['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMP_NS'])(
  'a %s is the millisecond of its text, before 1970 too',
  async (type) => {
    expect(await milliseconds(type, texts)).toEqual(texts.map(parseTimestamp))
    const microseconds = fc.integer({ min: -8_000_000_000_000_000, max: 8_000_000_000_000_000 })
    await fc.assert(
      fc.asyncProperty(fc.array(microseconds, { minLength: 1, maxLength: 50 }), async (list) => {
        const [row] = await session.rows(
          `select [make_timestamp(us)::varchar for us in [${list.join(', ')}]]::json::varchar as texts`,
        )
        const written: string[] = JSON.parse(String(row?.texts))
        expect(await milliseconds(type, written)).toEqual(written.map(parseTimestamp))
      }),
      { numRuns: 20 },
    )
  },
)

test('nanoseconds below a millisecond are dropped before 1970 too', async () => {
  const values = [
    '1969-12-31 23:59:59.999999999',
    '1969-12-31 23:59:59.999000001',
    '1970-01-01 00:00:00.000999999',
  ]
  expect(await milliseconds('TIMESTAMP_NS', values)).toEqual([-1, -1, 0])
  expect(values.map(parseTimestamp)).toEqual([-1, -1, 0])
})

test('dates and whole milliseconds are what they are', async () => {
  expect(await milliseconds('DATE', ['1969-12-31', '2024-05-01'])).toEqual([-86_400_000, 1_714_521_600_000])
  expect(await milliseconds('TIMESTAMP_MS', ['1969-12-31 23:59:59.999'])).toEqual([-1])
  expect(await milliseconds('TIMESTAMP_S', ['1969-12-31 23:59:59'])).toEqual([-1000])
})
