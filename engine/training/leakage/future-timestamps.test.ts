import { expect, test } from 'vitest'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { openDatabase } from '../../data/database.ts'
import { checkFutureTimestamps, targetTimeOf } from './future-timestamps.ts'

const columns = ['asked', 'later', 'before'].map((name) => ({ name, sourceType: 'TIMESTAMP' }))

test('a timestamp after the target’s is found, with the share of rows; one before it is not', async () => {
  const database = await openDatabase(':memory:', '.')
  const session = await database.session()
  await session.run(`create table calls as select timestamp '2024-01-01' + to_hours(i) as asked,
    asked + to_minutes(case when i % 4 = 0 then 5 else -5 end) as later, asked - interval 1 day as before from range(200) t(i)`)
  const check = (name: string) =>
    checkFutureTimestamps(session, [{ feature: { name, sourceType: 'TIMESTAMP' } }], columns[0]!, '"calls"')
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
