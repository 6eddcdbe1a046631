import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createChanges } from '../changes.ts'
import { createData, type Data } from './data.ts'
import { type Database, openDatabase } from './database.ts'
import { relationNameOf } from './import-file.ts'
import { withSession } from './relations.ts'

let folder: string
let database: Database
let data: Data
let emitted: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-data-'))
  database = await openDatabase(join(folder, 'test.duckdb'), folder)
  const changes = createChanges()
  emitted = []
  changes.watch((area) => emitted.push(area))
  data = createData({ database, workspaceFolder: folder, changes })
})
afterEach(async () => {
  data.close()
  database.close()
  await rm(folder, { recursive: true, force: true })
})

const run = (sql: string) => withSession(database, (session) => session.run(sql))
const file = (name: string) => join(folder, name)

describe('relations', () => {
  test('tables and views with columns and row counts; the views of cells stay hidden', async () => {
    await run('create table t as select range as id, range::varchar as name from range(7)')
    await run('create view v as from t where id > 3')
    await run(
      'create schema monitoring; create table monitoring.windows as select 1 as n; create table monitoring._cursor as select 1 as n',
    )
    await run('create schema _cells; create view _cells.a as select 1')
    expect(await data.relations()).toEqual([
      {
        name: 't',
        kind: 'table',
        rows: 7,
        problem: '',
        columns: [
          { name: 'id', type: 'BIGINT' },
          { name: 'name', type: 'VARCHAR' },
        ],
      },
      {
        name: 'v',
        kind: 'view',
        rows: 3,
        problem: '',
        columns: [
          { name: 'id', type: 'BIGINT' },
          { name: 'name', type: 'VARCHAR' },
        ],
      },
      {
        name: 'monitoring.windows',
        kind: 'table',
        rows: 1,
        problem: '',
        columns: [{ name: 'n', type: 'INTEGER' }],
      },
    ])
  })

  test('a broken view says why', async () => {
    await run('create table t as select 1 as id; create view v as from t; drop table t')
    expect(await data.relations()).toMatchObject([
      { name: 'v', rows: null, problem: expect.stringContaining('t does not exist') },
    ])
  })

  test('a view that takes too long to count says so', async () => {
    const hasty = createData({
      database,
      workspaceFolder: folder,
      changes: createChanges(),
      countLimitMs: 30,
    })
    await run(
      'create view slow as select a.range from range(100000000) a, range(1000) b where (a.range * b.range) % 7 = 3',
    )
    expect(await hasty.relations()).toMatchObject([
      { rows: null, problem: 'Counting its rows takes longer than 0.03 s.' },
    ])
    hasty.close()
  })

  test('dropping removes tables and views', async () => {
    await run('create table t as select 1 as x; create view v as from t')
    await data.drop('v')
    await data.drop('t')
    expect(await data.relations()).toEqual([])
    await expect(data.drop('t')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('windows', () => {
  test('read some rows of many, with the total', async () => {
    await run('create table t as select range as id from range(1000000)')
    const { rows, total } = await data.window({ relation: 't', offset: 999_998, limit: 10 })
    expect(rows).toEqual([[999_998], [999_999]])
    expect(total).toBe(1_000_000)
  })

  test('are sorted by columns, missing values last', async () => {
    await run("create table t as select * from (values (1, 'b'), (null, 'a'), (3, 'b')) v(n, k)")
    const sort = [
      { column: 'k', descending: true },
      { column: 'n', descending: true },
    ]
    expect((await data.window({ relation: 't', offset: 0, limit: 5, sort })).rows).toEqual([
      [3, 'b'],
      [1, 'b'],
      [null, 'a'],
    ])
    await expect(
      data.window({ relation: 't', offset: 0, limit: 5, sort: [{ column: 'z', descending: false }] }),
    ).rejects.toThrow('t has no column z; it has n, k.')
  })

  test('hold what JSON can hold', async () => {
    await run(`create table t as select 1::bigint as small, 9007199254740993::bigint as large, 1.50::decimal(5,2) as price,
      date '2026-01-02' as day, timestamp '2026-01-02 03:04:05' as at, [1, 2] as list, {'a': 1} as struct,
      'nan'::double as nan, null as nothing, true as yes, 0.5 as half`)
    const { rows } = await data.window({ relation: 't', offset: 0, limit: 1 })
    expect(rows).toEqual(JSON.parse(JSON.stringify(rows)))
    expect(rows[0]).toEqual([
      1,
      '9007199254740993',
      '1.50',
      '2026-01-02',
      '2026-01-02 03:04:05',
      '[1, 2]',
      "{'a': 1}",
      'NaN',
      null,
      true,
      '0.5',
    ])
  })

  test('of an absent relation say what there is', async () => {
    await run('create table there as select 1 as x')
    await expect(data.window({ relation: 'absent', offset: 0, limit: 1 })).rejects.toThrow(
      'There is no relation absent; there are there.',
    )
  })
})

test('profiles have moments, 20 bins for numbers and dates, frequent values for the rest', async () => {
  await run(`create table t as select range::double as n, date '2026-01-01' + range::int as day,
    case when range % 3 = 0 then 'x' else 'y' end as k, if(range < 10, null, range) as gaps, 'inf'::double as endless
    from range(100)`)
  const [n, day, k, gaps, endless] = await data.profile('t', ['n', 'day', 'k', 'gaps', 'endless'])
  expect(n).toMatchObject({ kind: 'numeric', missing: 0, distinct: 100, min: 0, max: 99, mean: 49.5 })
  expect(n?.sd).toBeCloseTo(29.0115, 4)
  expect(n?.histogram.map(({ count }) => count)).toEqual(Array(20).fill(5))
  expect(day).toMatchObject({ kind: 'temporal', min: '2026-01-01', max: '2026-04-10', mean: null })
  expect(day?.histogram).toHaveLength(20)
  expect(day?.histogram[0]?.label).toMatch(/^2026-01-01/)
  expect(k).toMatchObject({
    kind: 'categorical',
    histogram: [
      { label: 'y', count: 66 },
      { label: 'x', count: 34 },
    ],
  })
  expect(gaps).toMatchObject({ missing: 10, min: 10 })
  expect(endless).toMatchObject({ min: null, mean: null, histogram: [] })
})

describe('importing', () => {
  test('CSV, Parquet, JSON and NDJSON become tables named after the file', async () => {
    await writeFile(file('2024 Sales.csv'), 'a,b\n1,x\n2,y\n')
    await writeFile(file('list.json'), '[{"a": 1}, {"a": 2}]')
    await writeFile(file('lines.ndjson'), '{"a": 1}\n{"a": 2}\n{"a": 3}\n')
    await run(`copy (select 1 as p) to '${file('four.parquet')}'`)
    expect(await data.importPath('2024 Sales.csv')).toMatchObject({
      name: 't_2024_sales',
      rows: 2,
      columns: [
        { name: 'a', type: 'BIGINT' },
        { name: 'b', type: 'VARCHAR' },
      ],
    })
    expect(await data.importPath(file('list.json'))).toMatchObject({ name: 'list', rows: 2 })
    expect(await data.importPath('lines.ndjson', 'chosen')).toMatchObject({ name: 'chosen', rows: 3 })
    expect(await data.importPath('four.parquet')).toMatchObject({ name: 'four', rows: 1 })
    expect(emitted).toEqual(Array(4).fill('relations'))
  })

  test('a file is previewed where it lies, up to a limit, without becoming a relation', async () => {
    await writeFile(file('list.ndjson'), '{"a": 1, "b": "x"}\n{"a": 2, "b": null}\n{"a": 3, "b": "z"}\n')
    expect(await data.preview('list.ndjson', 2)).toMatchObject({
      columns: [
        { name: 'a', type: 'BIGINT' },
        { name: 'b', type: 'VARCHAR' },
      ],
      rows: [
        [1, 'x'],
        [2, null],
      ],
      more: true,
    })
    expect(await data.preview(file('list.ndjson'), 3)).toMatchObject({ more: false })
    expect(await data.relations()).toEqual([])
    await writeFile(file('broken.parquet'), 'not parquet')
    await expect(data.preview('broken.parquet', 3)).rejects.toThrow(
      /data file broken\.parquet cannot be read/,
    )
    await expect(data.preview('gone.csv', 3)).rejects.toThrow(/no data file gone\.csv/)
    await writeFile(file('notes.docx'), 'x')
    await expect(data.preview('notes.docx', 3)).rejects.toThrow(/notes\.docx cannot be shown: expected \.csv/)
  })

  test.each([
    ['absent.csv', null, /no data file absent\.csv/],
    ['broken.parquet', 'not parquet', /data file broken\.parquet cannot be read/],
    ['broken.json', '{"a": ', /data file broken\.json cannot be read/],
    ['half.json', '[{"a": 1},\n', /data file half\.json cannot be read: its array has no end "]"/],
    ['half.ndjson', '{"a": 1}\n{"a"', /half\.ndjson cannot be read: .*Malformed JSON/],
    ['empty.csv', '', /data file empty\.csv is empty/],
    // DuckDB's own reader would take the last line for all there is.
    [
      'ragged.csv',
      'a,b\n1,2\n3,4,5,6\n',
      /ragged\.csv is no plain table: its first 2 lines have another number of columns than line 3/,
    ],
    ['latin.csv', Buffer.from('name,v\nn\xe4me,1\n', 'latin1'), /latin\.csv cannot be read: .*not utf-8/],
    ['notes.docx', 'x', /notes\.docx cannot be imported: expected \.csv/],
  ])('%s: the failure names the file and nothing is imported', async (name, content, message) => {
    if (content !== null) await writeFile(file(name), content)
    await expect(data.importPath(name)).rejects.toThrow(message)
    expect(await data.relations()).toEqual([])
  })

  test('a view of that name is not overwritten', async () => {
    await writeFile(file('v.csv'), 'a\n1\n')
    await run('create view v as select 1 as x')
    await expect(data.importPath('v.csv')).rejects.toMatchObject({ code: 'already-exists' })
  })

  test.each([
    ['Zoë.csv', 'zoe'],
    ['---.csv', 'data'],
    ['a.b c.parquet', 'a_b_c'],
  ])('%s becomes %s', (name, relation) => {
    expect(relationNameOf(name)).toBe(relation)
  })
})

describe('uploading', () => {
  const send = (offset: number, text: string, last: boolean, name = 'up.csv', id = 'upload-0001') =>
    data.upload({ id, name, offset, chunk: new Blob([text]), last })

  test('chunks become a file in the workspace and a table', async () => {
    expect(await send(0, 'a,b\n1,', false)).toEqual({ received: 6, relation: null })
    expect(await send(6, 'x\n', true)).toMatchObject({ received: 8, relation: { name: 'up', rows: 1 } })
    expect(await readFile(file('up.csv'), 'utf8')).toBe('a,b\n1,x\n')
    expect(await readdir(file('.slipway/uploads'))).toEqual([])
    expect(emitted).toEqual(['files', 'relations'])
  })

  test('a file that is there is never overwritten', async () => {
    await writeFile(file('up.csv'), 'kept\n')
    expect(await send(0, 'a\n1\n', true)).toMatchObject({ relation: { name: 'up_2' } })
    expect(await readFile(file('up.csv'), 'utf8')).toBe('kept\n')
    expect(await readFile(file('up (2).csv'), 'utf8')).toBe('a\n1\n')
  })

  test('a gap, a bad name and an unknown kind are refused', async () => {
    await send(0, 'abc', false)
    await expect(send(5, 'x', true)).rejects.toMatchObject({ code: 'conflict' })
    await expect(send(0, 'x', true, '..')).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(send(0, 'x', true, 'a.exe')).rejects.toThrow('a.exe cannot be imported')
    expect(await send(0, 'a\n1\n', true, '../../out.csv', 'upload-0002')).toMatchObject({
      relation: { name: 'out' },
    })
    expect(await readdir(folder)).toContain('out.csv')
  })
})
