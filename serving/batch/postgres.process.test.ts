/** Against a real PostgreSQL: a private cluster in a temporary folder, where its programs are found. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadedModel, loadModel } from '../bundle/load-model.ts'
import { type PostgresUnderTest, postgresUnderTest } from '../testing/postgres-under-test.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'
import { readScored } from '../verify/read-scored.ts'
import { scoreFile } from './score-file.ts'

const server: PostgresUnderTest | null = await postgresUnderTest()
// Said where it is read: nothing below runs without a server.
if (server === null) process.stderr.write('PostgreSQL is not installed here: its tests do not run.\n')

describe.runIf(server !== null)('PostgreSQL', () => {
  let bundle: WrittenBundle
  let model: LoadedModel
  let client: pg.Client
  let url = ''
  const file = (name: string) => join(bundle.folder, name)

  beforeAll(async () => {
    bundle = await writeBundle('binary')
    model = await loadModel(bundle.folder)
    url = server?.url ?? ''
    client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`create table customers (id int primary key, note text, price numeric(9,2), at timestamptz, big bigint,
      tenure int, charges double precision, contract text, payment varchar(99), partner boolean)`)
    for (const [id, row] of bundle.sample.rows.entries()) {
      const note = [null, '', '\\N', 'a "b", c\nd', '\\.', 'ü'][id % 6]
      await client.query(
        'insert into customers values ($1, $2, 1.10, $3, 9007199254740993, $4, $5, $6, $7, $8)',
        [
          id,
          note,
          '2026-01-31T01:02:03.000004Z',
          row.tenure,
          row.charges,
          row.contract,
          row.payment,
          row.partner,
        ],
      )
    }
  })
  afterAll(async () => {
    await client?.end()
    await bundle?.remove()
    await server?.stop()
  })

  it('scores a table into a table that keeps every value and type, and into files', async () => {
    const { predictions, probabilities } = bundle.sample
    const summary = await scoreFile(model, `${url}#customers`, `${url}#public.scored`)
    expect(summary).toMatchObject({ rows: predictions.length, bad: 0 })
    const { rows } = await client.query(
      `select s.prediction, s."probability_Yes" as yes, (c is not distinct from (s.id, s.note, s.price, s.at, s.big, s.tenure, s.charges,
        s.contract, s.payment, s.partner)::customers) as same from customers c join scored s using (id) order by id`,
    )
    expect(rows.map((row) => row.prediction)).toEqual(predictions)
    expect(rows.map((row) => row.yes)).toEqual(probabilities?.map((row) => row[1]))
    expect(rows.every((row) => row.same)).toBe(true)
    const types = await client.query(
      `select string_agg(data_type, ' ' order by ordinal_position) as types from information_schema.columns where table_name = 'scored'`,
    )
    expect(types.rows[0]?.types).toBe(
      'integer text numeric timestamp with time zone bigint integer double precision text text boolean text double precision double precision',
    )
    await scoreFile(model, `${url}#customers`, file('out.parquet'))
    await scoreFile(model, `${url}#select * from customers where id < 3 order by id`, file('out.ndjson'))
    const parquet = await readScored(file('out.parquet'))
    expect(parquet.map((row) => row.prediction)).toEqual(predictions)
    expect(parquet.slice(0, 4).map((row) => row.note)).toEqual([null, '', '\\N', 'a "b", c\nd'])
    expect((await readFile(file('out.ndjson'), 'utf8')).split('\n')[2]).toMatch(
      /^\{"id":2,"note":"\\\\N","price":"?1\.10"?,"at":"2026-01-31 01:02:03\.000004\+00","big":9007199254740993,/,
    )
  })

  it('refuses a table that is there, adds to it when told to, and names what is wrong without the password', async () => {
    const again = scoreFile(model, `${url}#customers`, `${url}#scored`)
    await expect(again).rejects.toThrow('exists already')
    await scoreFile(model, `${url}#customers`, `${url}#scored`, { append: true })
    const { rows } = await client.query('select count(*)::int as n from scored')
    expect(rows[0]?.n).toBe(2 * bundle.sample.rows.length)
    await expect(scoreFile(model, `${url}#absent`, file('no.csv'))).rejects.toThrow(/absent.*does not exist/)
    const secret = 'postgres://someone:secret@127.0.0.1:1/db#t'
    const refused = await scoreFile(model, secret, file('no.csv')).catch((error: Error) => error.message)
    expect(refused).toMatch(/someone:\*\*\*@127\.0\.0\.1:1\/db does not answer/)
  })

  it('adds to a table whose name is as long as names can be, and loses no row of it', async () => {
    const long = 't'.repeat(63)
    await scoreFile(model, `${url}#customers`, `${url}#${long}`)
    await scoreFile(model, `${url}#customers`, `${url}#${long}`, { append: true })
    const { rows } = await client.query(`select count(*)::int as n from ${long}`)
    expect(rows[0]?.n).toBe(2 * bundle.sample.rows.length)
    const left = await client.query(`select tablename from pg_tables where tablename like '%slipway_part'`)
    expect(left.rows).toEqual([])
  })

  it('puts bad rows aside and leaves no table behind when told to stop at the first', async () => {
    await client.query(
      `create table mixed as select * from customers; update mixed set tenure = null where id = 4; alter table mixed add primary key (id)`,
    )
    const strict = scoreFile(model, `${url}#mixed`, `${url}#stopped`, { strict: true })
    await expect(strict).rejects.toThrow(/row 5: column "tenure"/)
    const left = await client.query(
      `select count(*)::int as n from pg_tables where tablename like 'stopped%'`,
    )
    expect(left.rows[0]?.n).toBe(0)
    const badRows = file('aside.ndjson')
    expect(await scoreFile(model, `${url}#mixed`, `${url}#passed`, { badRows })).toMatchObject({ bad: 1 })
    expect(JSON.parse(await readFile(badRows, 'utf8'))).toMatchObject({
      row: 5,
      data: { id: 4, tenure: null },
    })
  })

  it('continues a run that broke off at its last commit, from table to table', async () => {
    await client.query(
      `create table many as select c.*, g as key from customers c, generate_series(1, 400) g`,
    )
    await client.query('alter table many drop constraint if exists many_pkey, add primary key (key, id)')
    const { rows: counted } = await client.query('select count(*)::int as n from many')
    const total = Number(counted[0]?.n)
    let chunks = 0
    const broken = scoreFile(model, `${url}#many`, `${url}#many_scored`, {
      commitChunks: 1,
      progress: {
        update() {
          if (++chunks === 3) throw new Error('the machine stopped')
        },
        done() {},
      },
    })
    await expect(broken).rejects.toThrow('the machine stopped')
    expect((await client.query(`select to_regclass('many_scored') as t`)).rows[0]?.t).toBeNull()
    await client.query('insert into many select c.*, 401 from customers c where id = 1')
    await expect(
      scoreFile(model, `${url}#many`, `${url}#many_scored`, { commitChunks: 1, resume: true }),
    ).rejects.toThrow('or the input was changed since')
    await client.query('delete from many where key = 401')
    const summary = await scoreFile(model, `${url}#many`, `${url}#many_scored`, {
      commitChunks: 1,
      resume: true,
    })
    expect(summary).toMatchObject({ rows: total, resumed: 8192 })
    const { rows } = await client.query(
      'select count(distinct (key, id))::int as n, count(*)::int as all from many_scored',
    )
    expect(rows[0]).toEqual({ n: total, all: total })
  })
})
