import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase, type Session } from './database.ts'
import { relationFingerprint } from './relation-fingerprint.ts'

let folder: string
let database: Database
let session: Session
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-fingerprint-'))
  database = await openDatabase(join(folder, 'test.duckdb'), folder)
  session = await database.session()
})
afterAll(async () => {
  session.close()
  database.close()
  await rm(folder, { recursive: true, force: true })
})

const limit = 1_000
const of = async (relation: string) => (await relationFingerprint(session, relation, limit))?.fingerprint

test('a small table is read whole: order does not count, one value does', async () => {
  await session.run('create table a as select range as id, range % 7 as v from range(900)')
  await session.run('create table b as select * from a order by id desc')
  expect(await of('a')).toBe(await of('b'))
  await session.run('update b set v = 8 where id = 450')
  expect(await of('a')).not.toBe(await of('b'))
})

test('a large table is read in part: says so, stays the same, and shows rows that came, went or lie in the sample', async () => {
  await session.run('create table large as select range as id, range % 7 as v from range(400_000)')
  const before = await relationFingerprint(session, 'large', limit)
  expect(before?.fingerprint).toMatch(/^sample; id BIGINT/)
  expect(await relationFingerprint(session, 'large', limit)).toEqual(before)
  await session.run('create table again as select * from large')
  expect(await of('again')).toBe(before?.fingerprint)
  await session.run('update again set v = 8 where id = 399_999')
  expect(await of('again')).not.toBe(before?.fingerprint)
  await session.run('insert into large values (1, 1)')
  expect((await relationFingerprint(session, 'large', limit))?.rows).toBe(400_001)
  expect(await of('large')).not.toBe(before?.fingerprint)
})

test('a view is read whole, and what is not there is null', async () => {
  await session.run('create view seen as select * from large')
  expect(await of('seen')).not.toMatch(/^sample/)
  expect(await relationFingerprint(session, 'absent', limit)).toBeNull()
})

test('a view that cannot be read any more is not taken for one that is not there', async () => {
  await session.run('create table under as select 1 as one')
  await session.run('create view over as select one from under')
  await session.run('drop table under')
  await expect(relationFingerprint(session, 'over', limit)).rejects.toThrow(/under/)
})
