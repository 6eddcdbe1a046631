import { existsSync } from 'node:fs'
import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadedModel, loadModel } from '../bundle/load-model.ts'
import { csvCell } from '../rows/csv.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'
import { readScored } from '../verify/read-scored.ts'
import { openDuckDb } from './duckdb-session.ts'
import { scoreFile } from './score-file.ts'

let bundle: WrittenBundle
let model: LoadedModel
let folder: string
beforeAll(async () => {
  bundle = await writeBundle('multiclass')
  model = await loadModel(bundle.folder)
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-score-'))
})
afterAll(async () => {
  await bundle.remove()
  await rm(folder, { recursive: true, force: true })
})

const at = (name: string) => join(folder, name)
const header = 'tenure,charges,contract,payment,partner'
const csvOf = (rows: readonly Record<string, unknown>[]) =>
  rows
    .map(
      (row) =>
        `${header
          .split(',')
          .map((name) => csvCell(String(row[name] ?? '')))
          .join(',')}\n`,
    )
    .join('')

/** The recorded rows in every form that DuckDB can write. */
async function inputs(): Promise<Record<string, string>> {
  const { rows } = bundle.sample
  await writeFile(at('in.ndjson'), rows.map((row, id) => `${JSON.stringify({ id, ...row })}\n`).join(''))
  const lines = csvOf(rows).trimEnd().split('\n')
  await writeFile(at('in.csv'), `id,${header}\n${lines.map((line, id) => `${id},${line}\n`).join('')}`)
  const session = await openDuckDb(at('in.duckdb'), 'in.duckdb')
  const types = `{id: 'BIGINT', tenure: 'INTEGER', charges: 'DECIMAL(10,4)', contract: 'VARCHAR', payment: 'VARCHAR', partner: 'BOOLEAN'}`
  await session.run(
    `create table t as select * replace (charges::double as charges) from read_json('${at('in.ndjson')}', columns = ${types.replace('DECIMAL(10,4)', 'DOUBLE')})`,
  )
  await session.run(`copy t to '${at('in.parquet')}' (format parquet)`)
  session.close()
  return {
    csv: at('in.csv'),
    ndjson: at('in.ndjson'),
    parquet: at('in.parquet'),
    duckdb: `duckdb:${at('in.duckdb')}#t`,
    query: `duckdb:${at('in.duckdb')}#select * from t order by id`,
  }
}

describe('scoring a file', () => {
  it('scores a column that rows may leave out and no row has as missing, and says that it is absent', async () => {
    const lenient = {
      ...model,
      signature: {
        ...model.signature,
        inputs: model.signature.inputs.map((column) =>
          column.name === 'contract' ? { ...column, required: false, missing: true } : column,
        ),
      },
    }
    const [first, ...others] = bundle.sample.rows.map(({ contract: _, ...rest }) => rest)
    const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    await writeFile(at('lacking.ndjson'), lines([first!, ...others]))
    await writeFile(
      at('empty.ndjson'),
      lines([{ ...first, contract: null }, ...others.map((row) => ({ ...row, contract: null }))]),
    )
    await writeFile(at('later.ndjson'), lines([first!, ...bundle.sample.rows.slice(1)]))
    const lacking = await scoreFile(lenient, at('lacking.ndjson'), at('lacking-out.csv'))
    expect(lacking).toMatchObject({ bad: 0, absent: ['contract'] })
    expect(await scoreFile(lenient, at('empty.ndjson'), at('empty-out.csv'))).toMatchObject({
      bad: 0,
      absent: [],
    })
    expect(await scoreFile(lenient, at('later.ndjson'), at('later-out.ndjson'))).toMatchObject({
      bad: 0,
      absent: [],
    })
    const predictions = async (name: string) => (await readScored(at(name))).map((row) => row.prediction)
    expect(await predictions('lacking-out.csv')).toEqual(await predictions('empty-out.csv'))
  })

  it('gives the recorded predictions from every form into every form', async () => {
    const { predictions, probabilities } = bundle.sample
    const forms = await inputs()
    const outputs = (name: string) => [
      at(`${name}.csv`),
      at(`${name}.ndjson`),
      at(`${name}.arrow`),
      at(`${name}.arrows`),
      at(`${name}.parquet`),
      `duckdb:${at(`${name}.duckdb`)}#scored`,
    ]
    const check = async (output: string) => {
      const found = await readScored(output)
      expect(found.map((row) => Number(row.id))).toEqual(predictions.map((_, id) => id))
      expect(found.map((row) => Number(row.prediction))).toEqual(predictions)
      expect(found.map((row) => Number(row.probability_2))).toEqual(probabilities?.map((row) => row[1]))
    }
    for (const [form, input] of Object.entries(forms)) {
      for (const output of outputs(form)) {
        expect(await scoreFile(model, input, output)).toMatchObject({ rows: predictions.length, bad: 0 })
        await check(output)
      }
    }
    expect((await readdir(folder)).filter((name) => /\.(part|journal|wal|bad)/.test(name))).toEqual([])
  })

  it('passes columns through as they came: text byte for byte, Parquet in its own types', async () => {
    const { rows, predictions, probabilities } = bundle.sample
    const cells = probabilities?.map((row) => row.join(',')) ?? []
    const lines = csvOf(rows).trimEnd().split('\n')
    await writeFile(
      at('same.csv'),
      `"note, ""q""",${header}\r\n${lines.map((line) => `"x\n1.50",${line}\r\n`).join('')}`,
    )
    await scoreFile(model, at('same.csv'), at('same-out.csv'))
    expect(await readFile(at('same-out.csv'), 'utf8')).toBe(
      `"note, ""q""",${header},prediction,probability_1,probability_2,probability_3\n${lines
        .map((line, i) => `"x\n1.50",${line},${predictions[i]},${cells[i]}\n`)
        .join('')}`,
    )
    const big = rows.map(
      (row) => `{"key": 12345678901234567890, "at": [1, {"b":2}],${JSON.stringify(row).slice(1)}`,
    )
    await writeFile(at('same.ndjson'), big.join('\n'))
    await scoreFile(model, at('same.ndjson'), at('same-out.ndjson'))
    expect((await readFile(at('same-out.ndjson'), 'utf8')).split('\n')[0]).toBe(
      `${big[0]?.slice(0, -1)},"prediction":${predictions[0]},${[1, 2, 3].map((k) => `"probability_${k}":${probabilities?.[0]?.[k - 1]}`).join(',')}}`,
    )
    const session = await openDuckDb(':memory:', 'memory')
    await session.run(
      `copy (select 1.10::decimal(9,2) as price, date '2026-01-31' as day, timestamp '2026-01-31 01:02:03.000004' as at,
        [1, 2] as list, {a: 1} as pair, 5::utinyint as small, * from read_json('${at('in.ndjson')}',
        columns = {tenure: 'INTEGER', charges: 'DOUBLE', contract: 'VARCHAR', payment: 'VARCHAR', partner: 'BOOLEAN'}))
       to '${at('typed.parquet')}' (format parquet)`,
    )
    await scoreFile(model, at('typed.parquet'), at('typed-out.parquet'))
    const types = await session.rows(`describe select * from '${at('typed-out.parquet')}'`)
    expect(types.map((row) => row.column_type).join(' ')).toBe(
      'DECIMAL(9,2) DATE TIMESTAMP INTEGER[] STRUCT(a INTEGER) UTINYINT INTEGER DOUBLE VARCHAR VARCHAR BOOLEAN BIGINT DOUBLE DOUBLE DOUBLE',
    )
    await scoreFile(model, at('typed.parquet'), at('typed.arrow'))
    await rm(at('again.arrow'), { force: true })
    session.close()
    const [first] = await readScored(at('typed.arrow'))
    expect(first).toMatchObject({
      price: '1.10',
      day: Date.UTC(2026, 0, 31),
      list: '[1,2]',
      pair: '{"a":1}',
      small: 5,
    })
    expect(first?.at).toBeCloseTo(Date.UTC(2026, 0, 31, 1, 2, 3), 2)
  })

  it('scores more rows than it holds at once, in order', async () => {
    const { rows, predictions } = bundle.sample
    const count = 8_500
    const many = Array.from({ length: count }, (_, i) => rows[i % rows.length] ?? {})
    await writeFile(at('many.csv'), `${header}\n${csvOf(many)}`)
    for (const output of [at('many.ndjson'), at('many.arrow')]) {
      expect(await scoreFile(model, at('many.csv'), output)).toMatchObject({ rows: count })
      const found = (await readScored(output)).map((row) => Number(row.prediction))
      expect(found).toEqual(Array.from({ length: count }, (_, i) => predictions[i % rows.length]))
    }
  })

  it('puts bad rows aside with number, reason and row, and scores the others', async () => {
    const good = csvOf(bundle.sample.rows.slice(0, 1)).trimEnd()
    await writeFile(
      at('bad.csv'),
      `${header}\n${good}\nx,2,One year,001,1\n${good}\n1,2\n,2,One year,001,yes\n`,
    )
    const summary = await scoreFile(model, at('bad.csv'), at('bad-out.csv'))
    expect(summary).toMatchObject({ rows: 2, bad: 3, badRows: at('bad-out.csv.bad.ndjson') })
    const aside = (await readFile(summary.badRows, 'utf8')).trim().split('\n')
    expect(aside.map((line) => JSON.parse(line))).toEqual([
      {
        row: 2,
        reason: expect.stringMatching(/column "tenure": expected .*found the string "x"/),
        data: 'x,2,One year,001,1',
      },
      { row: 4, reason: '2 cells where the header has 5', data: '1,2' },
      {
        row: 5,
        reason: expect.stringMatching(/"tenure".*found null; column "partner".*"yes"/),
        data: ',2,One year,001,yes',
      },
    ])
    const json = bundle.sample.rows.slice(0, 1).map((row) => JSON.stringify(row))
    await writeFile(at('bad.ndjson'), `{"tenure":1}\n{\n[1]\n${json}\n`)
    const named = at('aside.ndjson')
    expect(await scoreFile(model, at('bad.ndjson'), at('bad-out.ndjson'), { badRows: named })).toMatchObject({
      rows: 1,
      bad: 3,
    })
    const unread = (await readFile(named, 'utf8')).trim().split('\n')
    expect(unread.map((line) => JSON.parse(line))).toMatchObject([
      { row: 1 },
      { row: 2, reason: 'not JSON: column 2: expected a key in double quotes or "}", found the end' },
      { row: 3, reason: 'expected a JSON object' },
    ])
    await expect(scoreFile(model, at('bad.csv'), at('strict.csv'), { strict: true })).rejects.toThrow(
      /row 2: column "tenure"/,
    )
    expect(existsSync(at('strict.csv'))).toBe(false)
  })

  it('takes many bad rows out of the middle of Arrow batches and of Parquet, whole rows aside', async () => {
    const { rows, predictions } = bundle.sample
    const mixed = Array.from({ length: 900 }, (_, i) => ({
      id: i,
      ...rows[i % rows.length],
      ...(i % 3 === 1 ? { tenure: null } : {}),
    }))
    await writeFile(at('mixed.ndjson'), mixed.map((row) => JSON.stringify(row)).join('\n'))
    const session = await openDuckDb(':memory:', 'memory')
    await session.run(`copy (select * from read_json('${at('mixed.ndjson')}')) to '${at('mixed.parquet')}'`)
    session.close()
    const good = mixed.filter((_, i) => i % 3 !== 1)
    for (const output of [at('mixed-out.parquet'), at('mixed-out.arrow')]) {
      expect(await scoreFile(model, at('mixed.parquet'), output)).toMatchObject({ rows: 600, bad: 300 })
      const found = await readScored(output)
      expect(found.map((row) => Number(row.id))).toEqual(good.map(({ id }) => id))
      expect(found.map((row) => Number(row.prediction))).toEqual(
        good.map(({ id }) => predictions[id % rows.length]),
      )
      const [first = ''] = (await readFile(`${output}.bad.ndjson`, 'utf8')).split('\n')
      expect(JSON.parse(first)).toMatchObject({ row: 2, data: { id: 1, tenure: null } })
    }
  })

  it('does not put rows aside into its input or output, by whatever name', async () => {
    const before = await readFile(at('in.csv'), 'utf8')
    await link(at('in.csv'), at('linked.csv'))
    for (const [badRows, what] of [
      [at('in.csv'), 'input'],
      [at('linked.csv'), 'input'],
      [`${folder}/./put-aside.csv`, 'output'],
    ] as const) {
      await expect(scoreFile(model, at('in.csv'), at('put-aside.csv'), { badRows })).rejects.toMatchObject({
        message: `${badRows} cannot take the rows that do not fit: it is the ${what}.`,
      })
    }
    expect(await readFile(at('in.csv'), 'utf8')).toBe(before)
    expect((await readdir(folder)).filter((name) => name.startsWith('put-'))).toEqual([])
  })

  it('names what is wrong with a file as a whole, and leaves no output behind', async () => {
    const cases: [string, string, RegExp][] = [
      ['column.csv', 'tenure,charges\n1,2\n', /missing: "contract".*\. It has "tenure", "charges"\.$/],
      [
        'semicolons.csv',
        `${header.replaceAll(',', ';')}\n`,
        /Required columns are missing: .* It has "tenure;charges;/,
      ],
      ['twice.csv', `${header},tenure\n`, /A column is there twice\. It is "tenure"\.$/],
      ['clash.csv', `${header},prediction\n1,2,One year,001,1,x\n`, /"prediction" already/],
      ['empty.csv', '', /no header line/],
      ['quote.csv', `${header}\n"1,2`, /inside a quoted cell/],
      ['none.arrow', 'ARROW1\0\0 no', /not an Arrow IPC/],
      ['none.parquet', 'PAR1', /none\.parquet/],
      ['kind.txt', '', /extension "\.txt"/],
    ]
    for (const [name, text, message] of cases) {
      await writeFile(at(name), text)
      await expect(scoreFile(model, at(name), at('wrong-out.csv'))).rejects.toThrow(message)
    }
    await expect(scoreFile(model, at('absent.csv'), at('wrong-out.csv'))).rejects.toThrow(
      'absent.csv does not exist',
    )
    await expect(scoreFile(model, at('in.csv'), join(folder, 'nowhere', 'o.csv'))).rejects.toThrow(
      'cannot be written',
    )
    expect((await readdir(folder)).filter((name) => name.startsWith('wrong-out'))).toEqual([])
  })

  it('fails with the reason where the query of its input fails, however many rows it has given before', async () => {
    const session = await openDuckDb(at('failing.duckdb'), 'failing.duckdb')
    await session.run(
      `create table many as select case when n = 300000 then 'many' else (n % 70)::varchar end as tenure, t.* exclude (tenure)
       from range(400000) r(n), (from read_json('${at('in.ndjson')}') limit 1) t`,
    )
    session.close()
    const query = `duckdb:${at('failing.duckdb')}#select * replace (tenure::integer as tenure) from many`
    for (const threads of [1, 2]) {
      const scored = scoreFile(model, query, at('failing-out.ndjson'), { threads })
      await expect(scored).rejects.toThrow(/Could not convert string 'many' to INT32/)
      expect(existsSync(at('failing-out.ndjson'))).toBe(false)
    }
  })

  it('makes a table only where there is none, and adds to one when told to', async () => {
    const output = `duckdb:${at('table.duckdb')}#scored`
    await scoreFile(model, at('in.csv'), output)
    await expect(scoreFile(model, at('in.csv'), output)).rejects.toThrow('exists already')
    await scoreFile(model, at('in.csv'), output, { append: true })
    expect(await readScored(output)).toHaveLength(2 * bundle.sample.rows.length)
  })

  it('writes no table into a file of rows, which DuckDB would open and forget', async () => {
    const before = await readFile(at('in.csv'), 'utf8')
    await expect(scoreFile(model, at('in.csv'), `duckdb:${at('in.csv')}#scored`)).rejects.toMatchObject({
      message: `${at('in.csv')} is no DuckDB database, so no table can be written into it.`,
    })
    expect(await readFile(at('in.csv'), 'utf8')).toBe(before)
  })
})
