import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Session } from '../../data/database.ts'
import { openMemorySession } from '../../data/testing/memory-session.ts'
import { analyseSql } from './sql-analysis.ts'
import { splitStatements } from './sql-statements.ts'

let session: Session
beforeAll(async () => {
  const memory = await openMemorySession()
  session = memory.session
  return memory.close
})

const graph = async (sql: string) => {
  const { defines, uses } = await analyseSql(session, sql)
  return { defines, uses }
}

describe('what a SQL cell reads and defines', () => {
  test.each([
    ['select * from a join main.b using (id)', [], ['relation:a', 'relation:b']],
    ['with c as (select * from a) select * from c', [], ['relation:a']],
    ['with a as (select * from a) select * from a', [], ['relation:a']],
    ['with recursive r as (select 1 as n union all select n + 1 from r) select * from r', [], []],
    ['with x as (select 1), y as (from x) select (select max(z) from z) from y', [], ['relation:z']],
    [
      "from predict('m@champion', a) join predict('n', (from b)) using (id)",
      [],
      ['relation:a', 'relation:b', 'model:m@champion', 'model:n'],
    ],
    ['create table t as select * from s; from t', ['relation:t'], ['relation:s']],
    [
      "create or replace view v as from 'x.csv'; from v join w on true",
      ['relation:v'],
      ['relation:x.csv', 'relation:w'],
    ],
    ['insert into t select * from s', [], ['relation:s', 'relation:t']],
    ['update t set x = 1', [], ['relation:t']],
    ['pivot t on x using sum(y)', [], ['relation:t']],
    ['summarize "My Table"', [], ['relation:my table']],
    ['set variable n = (select max(x) from t)', ['variable:n'], ['relation:t']],
    ["select getvariable('n')", [], ['variable:n']],
    ["select 'from nothing' -- from nothing\n/* from /* nothing */ */ from real", [], ['relation:real']],
    ['from other.t', [], ['relation:other.t']],
  ])('%s', async (sql, defines, uses) => {
    expect(await graph(sql)).toEqual({ defines, uses })
  })
})

test('what reads variables or temporary tables cannot stand behind a view', async () => {
  expect((await analyseSql(session, "select getvariable('n')")).sessionBound).toBe(true)
  expect((await analyseSql(session, 'create temp table t as select 1; from t')).sessionBound).toBe(true)
  expect((await analyseSql(session, 'select 1')).sessionBound).toBe(false)
})

/** Catches a tokenizer that drifts from DuckDB's rules for quotes, dollar quotes and comments. */
test('statements are split as DuckDB splits them', async () => {
  const piece = fc.constantFrom(
    'select 1',
    "select ';'",
    "select 'it''s; -- no'",
    'select 1 as "a;b"',
    'select $$x;y$$',
    'select $t$ ; $$ $t$',
    '-- only; a comment\nselect 2',
    '/* a ; /* nested ; */ */ select 3',
    "select e'\\';'",
    'values (1), (2)',
    '  ',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
      const sql = pieces.join(';\n')
      const ours = splitStatements(sql)
      if (ours.length === 0) return
      const theirs = await session.connection.extractStatements(sql)
      expect(ours.length).toBe(theirs.count)
    }),
    { numRuns: 60 },
  )
})
