/** Versions with SQL between their serving input and the model score that input in cells, as their bundle does. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Examples, examplesSchema } from '../../../shared/bundle/manifest.ts'
import { decodeJson } from '../../../shared/decode.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { createCatalog } from '../../catalog/create-catalog.ts'
import { literal } from '../../data/database.ts'
import { openTrainingBench } from '../../training/testing/training-bench.ts'
import { cell, type NotebookFixture, openFixture } from '../fixtures/notebook-fixture.ts'

let folder: string
let catalog: Catalog
let examples: Examples
let fixture: NotebookFixture | null = null

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-predict-sql-'))
  catalog = createCatalog({ folder })
  const bench = await openTrainingBench()
  await bench.sql(`create table regions as select * from (values (0, 1.25), (1, 2.5)) t(region, rate)`)
  await bench.sql(`create view v as
    select round(tenure / (region + 1), 3) as ratio, upper(plan) as plan, rate, month(joined) as month, spend,
      100 // (case when tenure = 71 then 'x' else '7' end)::integer as part, tenure - avg(tenure) over () as centred
    from customers left join regions using (region) where tenure <> 71 or tenure is null`)
  const model = await bench.train({
    from: 'v',
    target: 'spend',
    servingInput: 'customers',
    freeze: ['avg(tenure) over ()'],
    model: { kind: 'gbdt', trees: 20, maxDepth: 3 },
    register: 'spend',
  })
  const { signature } = model.record
  expect(signature.inputs.map(({ name }) => name)).toEqual(['tenure', 'plan', 'region', 'joined'])
  await catalog.register(model)
  await bench.close()
  const text = new TextDecoder().decode(model.files.get('examples.json'))
  examples = decodeJson(examplesSchema, text, 'examples.json')
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(async () => {
  await fixture?.close()
  fixture = null
})

const types = { tenure: 'bigint', plan: 'varchar', region: 'integer', joined: 'timestamp' }

function rowsCell(rows: Examples['rows'], name = 'customers'): Cell {
  const tuples = rows.map((row, n) => {
    const values = Object.entries(types).map(([column, type]) => {
      const value = row[column] ?? null
      return `${value === null ? 'null' : literal(String(value))}::${type} as ${column}`
    })
    return `select ${n} as n, ${values.join(', ')}`
  })
  return cell('sql', name, tuples.join('\nunion all '), { materialize: 'table' })
}

async function ran(...cells: Cell[]): Promise<NotebookFixture> {
  fixture = await openFixture(cells, { catalog })
  await fixture.run({ type: 'all' })
  return fixture
}

async function rowsOf(opened: NotebookFixture, query: string): Promise<Record<string, unknown>[]> {
  const session = await opened.database.session()
  try {
    return await session.rows(query)
  } finally {
    session.close()
  }
}

test('predict takes the serving input and answers to the last bit what the bundle is verified to answer', async () => {
  const opened = await ran(
    rowsCell(examples.rows),
    // The version has its own copy of the lookup table.
    cell('sql', 'regions', 'select 0 as region, 99.0 as rate', { materialize: 'table' }),
    cell('sql', 'scored', "select n, prediction from predict('spend', customers)"),
    cell('sql', 'shuffled', "from predict('spend', (select * from customers order by hash(n)))"),
    cell(
      'typescript',
      'code',
      `const model = await catalog.load('spend')
       const { columns } = await model.predict('customers')
       const rows = await model.predict(${JSON.stringify(examples.rows.slice(0, 3))})
       JSON.stringify([[...columns.prediction], rows.map((row) => row.prediction)])`,
    ),
  )
  const predictions = [...examples.predictions]
  expect(predictions.length).toBeGreaterThan(50)
  expect((await rowsOf(opened, 'from scored')).map((row) => row.prediction)).toEqual(predictions)
  const shuffled = await rowsOf(opened, 'select prediction from shuffled order by n')
  expect(shuffled.map((row) => row.prediction)).toEqual(predictions)
  expect((await opened.cell('code')).outputs).toMatchObject([
    { text: JSON.stringify([predictions, predictions.slice(0, 3)]) },
  ])
})

test('a row that the SQL leaves out, cannot compute or would round is named', async () => {
  const [first] = examples.rows
  const opened = await ran(
    rowsCell([first!, { ...first!, tenure: 71 }, first!]),
    cell('sql', 'left-out', "from predict('spend', customers)"),
    cell('sql', 'absent', "from predict('spend', (select n from customers))"),
    cell('sql', 'rounded', "from predict('spend', (select * replace (1.5 as region) from customers))"),
    cell('sql', 'unread', "from predict('spend', (select * replace ('soon' as joined) from customers))"),
  )
  const messageOf = async (id: string) => {
    const [output] = (await opened.cell(id)).outputs
    return output?.type === 'error' ? output.message : JSON.stringify(output)
  }
  expect(await messageOf('left-out')).toMatch(
    /^Row 2 of the relation "customers" does not fit spend version 1/,
  )
  expect(await messageOf('absent')).toMatch(/no columns "region", "joined"/)
  expect(await messageOf('rounded')).toMatch(/Row 1 .*"region" has the number 1.5, expected a whole number/)
  expect(await messageOf('unread')).toMatch(
    /Row 1 .*it is Conversion Error.*soon.*, expected a row that the SQL of "v" can compute/,
  )
})

test('stopping a long predict leaves what was there, and the next one runs', async () => {
  const opened = await ran(
    rowsCell(examples.rows),
    cell('sql', 'many', 'select c.* from customers c, range(20000)', { materialize: 'table' }),
    cell('sql', 'scored', "select max(prediction) as m from predict('spend', (from customers))", {
      materialize: 'table',
    }),
  )
  const before = await rowsOf(opened, 'from scored')
  await opened.edit('scored', "select max(prediction) as m from predict('spend', many)")
  await opened.notebooks.run('test.ipynb', { type: 'stale' })
  await expect.poll(async () => (await opened.cell('scored')).state.status).toBe('running')
  await new Promise((resolve) => setTimeout(resolve, 100))
  await opened.notebooks.interrupt('test.ipynb')
  expect((await opened.cell('scored')).state.status).not.toBe('running')
  expect(await rowsOf(opened, 'from scored')).toEqual(before)
  expect(await rowsOf(opened, "select * from duckdb_tables() where table_name like 'slipway%'")).toEqual([])
  await opened.edit('scored', "select max(prediction) as m from predict('spend', customers)")
  await opened.run({ type: 'stale' })
  expect(await rowsOf(opened, 'from scored')).toEqual(before)
})
