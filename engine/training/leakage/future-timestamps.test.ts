import { expect, test } from 'vitest'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { openDatabase } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { checkFutureTimestamps, targetTimeOf } from './future-timestamps.ts'

const columns = ['asked', 'later', 'before'].map((name) => ({ name, sourceType: 'TIMESTAMP' }))

test('a timestamp after the target’s is found, with the share of rows; one before it is not', async () => {
  const database = await openDatabase(':memory:', '.')
  const session = await database.session()
  await session.run(`create table calls as select timestamp '2024-01-01' + to_hours(i) as asked,
    asked + to_minutes(case when i % 4 = 0 then 5 else -5 end) as later, asked - interval 1 day as before,
    strftime(later, '%Y-%m-%dT%H:%M:%S') as written, case when i % 2 = 0 then date '2030-01-01' else date '2000-01-01' end as day from range(200) t(i)`)
  const check = (name: string, sourceType = 'TIMESTAMP', type: FeatureColumn['type'] = 'timestamp') =>
    checkFutureTimestamps(session, [{ feature: { name, sourceType, type } }], columns[0]!, '"calls"')
  expect(await check('later')).toMatchObject([
    {
      kind: 'future-timestamp',
      column: 'later',
      figure: 0.25,
      message: expect.stringContaining('"later" is later than "asked" in 25.0 % of the rows'),
    },
  ])
  expect(await check('before')).toEqual([])
  expect(await check('asked')).toEqual([])
  // Times that are held as text, and texts that are no times.
  expect(await check('written', 'VARCHAR')).toMatchObject([{ column: 'written', figure: 0.25 }])
  expect(await check('written', 'VARCHAR', 'categorical')).toEqual([])
  expect(await check('day', 'DATE')).toMatchObject([{ column: 'day', figure: 0.5 }])
  session.close()
  database.close()
})

test('the target’s time is the one named, else that of a split by time', () => {
  const of = (spec: object) =>
    targetTimeOf(trainSpecSchema.parse({ from: 'calls', target: 'y', ...spec }), columns)?.name
  expect(of({ targetTime: 'before' })).toBe('before')
  expect(of({ split: { method: 'time', column: 'asked' } })).toBe('asked')
  expect(of({ split: { method: 'group', column: 'asked' } })).toBeUndefined()
})
