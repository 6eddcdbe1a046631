import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Session } from '../../data/database.ts'
import { openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'
import { copyLookups, mostLookupBytes } from './copy-lookups.ts'

let bench: TrainingBench
let session: Session
beforeAll(async () => {
  bench = await openTrainingBench()
  session = await bench.database.session()
  await bench.sql('create table small as select range as id, range * 2 as twice from range(10)')
  await bench.sql('create table large as select range as id, hash(range) as noise from range(5000)')
  await bench.sql('create table "a b" as select 1 as id')
  await bench.sql('create table "a_b" as select 2 as id')
})
afterAll(async () => {
  session.close()
  await bench.close()
})

test('lookup tables are counted in rows and bytes', async () => {
  const { lookups, files } = await copyLookups(session, ['small', 'large'])
  expect(lookups).toMatchObject([
    { relation: 'small', rows: 10, file: 'transforms/lookups/small.parquet' },
    { relation: 'large', rows: 5000 },
  ])
  for (const { file, bytes } of lookups) expect(files.get(file)?.length).toBe(bytes)
  expect(mostLookupBytes).toBe(100_000_000)
})

test('the one that brings them beyond the limit together is refused by name', async () => {
  const { lookups } = await copyLookups(session, ['small', 'large'])
  const total = lookups.reduce((sum, { bytes }) => sum + bytes, 0)
  expect((await copyLookups(session, ['small', 'large'], total)).lookups).toHaveLength(2)
  await expect(copyLookups(session, ['small', 'large'], total - 1)).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(
      /^The lookup table "large" has 0\.\d\d MB as Parquet; .* may have 0\.\d\d MB\.$/,
    ),
  })
})

test('relations whose names differ only in what a file name cannot have get files of their own', async () => {
  const { lookups, files } = await copyLookups(session, ['a b', 'a_b'])
  expect(new Set(lookups.map(({ file }) => file)).size).toBe(2)
  expect(files.size).toBe(2)
})
