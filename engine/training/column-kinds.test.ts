/** Catches times that training reads from a text column and a deployment reads from the same text as different ones. */
import { expect, test } from 'vitest'
import { parseTimestamp } from '../../shared/signature/parse-timestamp.ts'
import { literal, openDatabase } from '../data/database.ts'
import { valueSql } from './column-kinds.ts'

const texts = [
  '2024-01-01',
  '2024-01-01T00:00',
  '2024-01-01 00:00:00',
  '2024-01-01T00:00:00Z',
  '2024-01-01T00:00:00+02:00',
  '2024-01-01 00:00:00-05',
  '2024-01-01T00:00:00.123456+0530',
  '1969-12-31T23:59:59.999999-03:30',
  '2024-07-01 12:00:00+01:00 ',
]

test.each(['UTC', 'America/New_York'])(
  'a text is the same time as in a request, on a machine in %s',
  async (zone) => {
    const database = await openDatabase(':memory:', '.')
    const session = await database.session()
    await session.run(`set TimeZone = '${zone}'`)
    const rows = texts.map((text, i) => `(${i}, ${literal(text)})`).join(', ')
    const found = await session.rows(
      `select ${valueSql('"at"', 'VARCHAR', 'timestamp')} as ms from (values ${rows}) v(i, "at") order by i`,
    )
    expect(found.map(({ ms }) => ms)).toEqual(texts.map(parseTimestamp))
    session.close()
    database.close()
  },
)
