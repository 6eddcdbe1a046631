import { beforeAll, expect, test } from 'vitest'
import type { Session } from '../../data/database.ts'
import { openMemorySession } from '../../data/testing/memory-session.ts'
import type { FitRows } from './fit-rows.ts'
import { profileNumbers } from './profile-numbers.ts'

let session: Session
beforeAll(async () => {
  const memory = await openMemorySession()
  session = memory.session
  return memory.close
})

const kinds = [
  'n::double',
  '(hash(n, 1) % 1000)::double / 7',
  'case when hash(n, 2) % 3 > 0 then (hash(n, 3) % 5)::double end',
  'exp((hash(n, 4) % 600)::double / 10 - 30)',
  '1e3 + (hash(n, 5) % 100)::double / 1000',
  '-4.5::double',
  'null::double',
  'case when n = 3 then 12::double end',
  '(hash(n, 6) % 20)::double',
  '(hash(n, 7) % 21)::double',
]
const columns = kinds.map((_, i) => ({ column: `c${i}`, median: true }))

/** The numbers of a profile to eleven digits: sums in another order differ in the last ones. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part) =>
      typeof part === 'number' ? (Number.isNaN(part) ? 'NaN' : Number(part.toPrecision(11))) : part,
    ),
  )
}

test.each([1, 2, 10, 1_337, 5_000])(
  'columns that are read have the profile of those that are aggregated, of %i rows',
  async (count) => {
    await session.run(
      `create or replace table made as select ${kinds.map((sql, i) => `${sql} as c${i}`).join(', ')}, n from range(${count}) t(n)`,
    )
    const rows: FitRows = { session, table: 'made', where: 'n <> 1', task: 'regression', classes: [] }
    const read = await profileNumbers(rows, columns)
    const aggregated = await profileNumbers(rows, columns, -1)
    for (const { column } of columns) {
      expect([column, rounded(read.get(column))]).toEqual([column, rounded(aggregated.get(column))])
    }
  },
)
