/** Versions of a catalog score relations and rows in cells, by the code that serves them. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SampleVersion, sampleVersion } from '../../../shared/bundle/testing/sample-version.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { createCatalog } from '../../catalog/create-catalog.ts'
import { type Changes, createChanges } from '../../changes.ts'
import { literal } from '../../data/database.ts'
import { cell, type NotebookFixture, openFixture } from '../fixtures/notebook-fixture.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const encode = (text: string) => new TextEncoder().encode(text)
const drawn = (task: Task, seed = 7, name = 'churn') => sampleVersion({ sha256, encode, task, seed, name })

let folder: string
let catalog: Catalog
let changes: Changes
let fixture: NotebookFixture | null = null
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-predictions-'))
  changes = createChanges()
  catalog = createCatalog({ folder, onChange: changes.emit })
})
afterEach(async () => {
  await fixture?.close()
  fixture = null
  await rm(folder, { recursive: true, force: true })
})

const register = ({ record, files }: SampleVersion) => catalog.register({ record, naive: {}, files })

/** A SQL cell holding the sample's rows, each with its number. */
function rowsCell(sample: SampleVersion, name = 'features'): Cell {
  const types = { INTEGER: 'integer', DOUBLE: 'double', VARCHAR: 'varchar', BOOLEAN: 'boolean' } as const
  const tuples = sample.rows.map((row, n) => {
    const values = sample.signature.inputs.map(({ name: column, sourceType }) => {
      const value = row[column] ?? null
      const text = value === null ? 'null' : literal(String(value))
      return `${text}::${types[sourceType as keyof typeof types]} as ${column}`
    })
    return `select ${n} as n, ${values.join(', ')}`
  })
  return cell('sql', name, tuples.join('\nunion all '), { materialize: 'table' })
}

async function ran(...cells: Cell[]): Promise<NotebookFixture> {
  fixture = await openFixture(cells, { catalog, changes })
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

const messageOf = async (opened: NotebookFixture, id: string) => {
  const [output] = (await opened.cell(id)).outputs
  return output?.type === 'error'
    ? `${output.message} ${output.whatToDo}`
    : `no error: ${JSON.stringify(output)}`
}

test.each<Task>(['binary', 'multiclass', 'regression'])(
  'select * from predict(…) gives the columns, the prediction and the probabilities of a %s model, in order',
  async (task) => {
    const sample = drawn(task)
    await register(sample)
    const opened = await ran(
      cell('sql', 'scored', "select * from predict('churn', features)"),
      rowsCell(sample),
    )
    const rows = await rowsOf(opened, 'select * from scored')
    const columns = sample.signature.inputs.map(({ name }) => name)
    const classes = sample.signature.target.classes ?? []
    expect(Object.keys(rows[0]!)).toEqual([
      'n',
      ...columns,
      'prediction',
      ...classes.map((label) => `probability_${String(label)}`),
    ])
    expect(rows.map((row) => row.n)).toEqual(sample.rows.map((_, n) => n))
    expect(rows.map((row) => row.prediction)).toEqual(sample.predictions)
    for (const [k, label] of classes.entries()) {
      expect(rows.map((row) => row[`probability_${String(label)}`])).toEqual(
        sample.probabilities?.map((row) => row[k]),
      )
    }
    expect((await opened.cell('scored')).upstream).toEqual(['features'])
  },
)

test('columns that rows may leave out and a relation does not have are named under the cell', async () => {
  const sample = drawn('binary')
  const inputs = sample.signature.inputs.map((column) =>
    column.name === 'contract' ? { ...column, required: false, missing: true } : column,
  )
  const record = { ...sample.record, signature: { ...sample.signature, inputs } }
  const files = new Map(sample.files)
  files.set('signature.json', new TextEncoder().encode(JSON.stringify(record.signature)))
  await register({ ...sample, record, files })
  const opened = await ran(
    rowsCell(sample),
    cell('sql', 'scored', "select * from predict('churn', (select * exclude (contract) from features))"),
    cell('sql', 'whole', "select * from predict('churn', features)"),
    cell(
      'check',
      'likely',
      "select * from predict('churn', (select * exclude (contract) from features)) where false",
    ),
    cell('sql', 'fewer', 'select * exclude (contract) from features', { materialize: 'table' }),
    cell(
      'typescript',
      'in-code',
      `const model = await catalog.load('churn')
       await model.predict('fewer')
       await sql\`select * from predict('churn', fewer)\`
       const [{ contract, ...row }] = ${JSON.stringify(sample.rows)}
       for (let i = 0; i < 3; i++) await model.predict([row])
       await model.predict([row, { ...row, contract }])
       'done'`,
    ),
  )
  const warning = {
    type: 'text',
    stream: 'stderr',
    text: expect.stringMatching(/^Warning: .* lacks the column "contract"\./),
  }
  expect(await opened.cell('scored')).toMatchObject({
    outputs: [warning, { type: 'relation' }],
  })
  expect((await opened.cell('whole')).outputs).toMatchObject([{ type: 'relation' }])
  expect((await opened.cell('likely')).outputs).toMatchObject([warning, { type: 'check', passed: true }])
  // In code as well, each once however often it is asked; an array that has the column in one row lacks none.
  const [said, result] = (await opened.cell('in-code')).outputs
  const lines = said?.type === 'text' ? said.text.trim().split('\n') : []
  expect(lines).toEqual([
    expect.stringMatching(/the relation "fewer" lacks the column "contract"/),
    expect.stringMatching(/the array of rows lacks the column "contract"/),
  ])
  expect(result).toMatchObject({ stream: 'result', text: 'done' })
})

test('a relation of several batches is scored in its order, and leaves no tables behind', async () => {
  const sample = drawn('regression')
  await register(sample)
  const opened = await ran(
    rowsCell(sample),
    cell('sql', 'many', 'select f.*, i from range(4000) r(i), features f order by i, n', {
      materialize: 'table',
    }),
    cell('sql', 'scored', "from predict('churn:1', many)"),
    cell(
      'sql',
      'summary',
      `select count(*)::double as n, count(distinct prediction)::double as p,
         count(*) filter (rowid <> i * 40 + n)::double as moved from scored`,
    ),
  )
  expect(await rowsOf(opened, 'from summary')).toEqual([
    { n: 160_000, p: new Set(sample.predictions).size, moved: 0 },
  ])
  expect(await rowsOf(opened, "select * from duckdb_tables() where table_name like 'slipway%'")).toEqual([])
})

test('queries, inner predictions, joins, checks and create table take predict like any relation', async () => {
  const sample = drawn('binary')
  await register(sample)
  await register(drawn('regression', 3, 'value'))
  const opened = await ran(
    rowsCell(sample),
    cell(
      'sql',
      'joined',
      `select v.prediction as value, c.class from predict('value', (select * from features where n < 3)) v
       join (select n, prediction as class from predict('churn', features)) c using (n) order by n`,
    ),
    cell(
      'sql',
      'made',
      "create or replace table kept as select * from predict('churn', features); select count(*) as n from kept",
    ),
    cell('check', 'sane', "select * from predict('churn', features) where probability_Yes > 1"),
    cell('sql', 'refused', "create view v as select * from predict('churn', features)"),
  )
  expect((await rowsOf(opened, 'from joined')).map((row) => row.class)).toEqual(
    sample.predictions.slice(0, 3),
  )
  expect(await rowsOf(opened, 'select n::double as n from made')).toEqual([{ n: 40 }])
  expect((await opened.cell('sane')).state.status).toBe('done')
  expect(await messageOf(opened, 'refused')).toMatch(/The view v would hold predictions.*Create a table/)
})

test('stopping a predict over a million rows leaves no table behind, and what was there before', async () => {
  const sample = drawn('regression')
  await register(sample)
  const opened = await ran(
    rowsCell(sample),
    cell('sql', 'scored', "select max(prediction) as m from predict('churn', features)", {
      materialize: 'table',
    }),
  )
  const before = await rowsOf(opened, 'from scored')
  await opened.edit(
    'scored',
    "select max(prediction) as m from predict('churn', (select f.* from features f, range(25000)))",
  )
  await opened.notebooks.run('test.ipynb', { type: 'stale' })
  const tables = "select * from duckdb_tables() where table_name like 'slipway%'"
  await expect.poll(async () => (await opened.cell('scored')).state.status).toBe('running')
  await new Promise((resolve) => setTimeout(resolve, 150))
  await opened.notebooks.interrupt('test.ipynb')
  expect((await opened.cell('scored')).state.status).toBe('stale')
  expect(await rowsOf(opened, 'from scored')).toEqual(before)
  expect(await rowsOf(opened, tables)).toEqual([])
})

test('messages name the column, the row, the model and what there is', async () => {
  const sample = drawn('binary')
  await register(sample)
  const opened = await ran(
    rowsCell(sample),
    cell('sql', 'absent', "from predict('churn', (select tenure, charges from features))"),
    cell('sql', 'wrong', "from predict('churn', (select * replace ('many' as tenure) from features))"),
    cell(
      'sql',
      'null-value',
      "from predict('churn', (select * replace (nullif(n, 2) as tenure) from features))",
    ),
    cell('sql', 'taken', "from predict('churn', (select *, 1 as prediction from features))"),
    cell('sql', 'with', "with f as (from features) select * from predict('churn', f)"),
    cell('sql', 'unknown', "from predict('churn@champion', features)"),
    cell('sql', 'other', "from predict('chrn', features)"),
  )
  expect(await messageOf(opened, 'absent')).toMatch(
    /The query has no columns "contract", "payment", "partner", which churn version 1 needs.*tenure, charges/,
  )
  expect(await messageOf(opened, 'wrong')).toMatch(/column "tenure" is VARCHAR, expected a number/)
  expect(await messageOf(opened, 'null-value')).toMatch(
    /Row 3 of the query does not fit churn version 1: column "tenure" has null, expected a finite number/,
  )
  expect(await messageOf(opened, 'taken')).toMatch(/already has a column "prediction".*exclude/)
  expect(await messageOf(opened, 'with')).toMatch(/cannot read the relation "f".*WITH clause/s)
  expect(await messageOf(opened, 'unknown')).toMatch(/"churn" has no version @champion; it has 1/)
  expect(await messageOf(opened, 'other')).toMatch(/no model "chrn" in the catalog; it has churn/)
})

test('a view that fails on one of its rows is named, without the SQL that reads it', async () => {
  const sample = drawn('binary')
  await register(sample)
  const opened = await ran(
    rowsCell(sample),
    cell('sql', 'broken', `select * replace (if(n = 39, 'x' || n, n::varchar)::integer as n) from features`),
    cell('typescript', 'loaded', "const model = await catalog.load('churn')\nawait model.predict('broken')"),
  )
  expect(await messageOf(opened, 'loaded')).toBe(
    `predict cannot read the relation "broken": Conversion Error: Could not convert string 'x39' to INT32 Correct the SQL or the data it is made from.`,
  )
})

test('a moved alias or a new version marks what reads it stale, and running it again reads the new one', async () => {
  const first = drawn('regression', 1)
  await register(first)
  await catalog.setAlias('churn', 'champion', 1)
  const opened = await ran(
    rowsCell(first),
    cell('sql', 'by-alias', "select prediction from predict('churn@champion', features)"),
    cell('sql', 'newest', "select prediction from predict('churn', features)"),
    cell('sql', 'fixed', "select prediction from predict('churn:1', features)"),
    cell('sql', 'after', 'select max(prediction) as m from "by-alias"'),
  )
  await register(drawn('regression', 2))
  await expect.poll(opened.statuses).toMatchObject({ 'by-alias': 'done', newest: 'stale', fixed: 'done' })
  await catalog.setAlias('churn', 'champion', 2)
  await expect.poll(opened.statuses).toMatchObject({ 'by-alias': 'stale', fixed: 'done', after: 'stale' })
  expect((await opened.cell('by-alias')).state.reason).toBe(
    'churn@champion was churn:1 when it ran; it is churn:2 now.',
  )
  const before = await rowsOf(opened, 'from "by-alias"')
  await opened.run({ type: 'stale' })
  expect(await rowsOf(opened, 'from "by-alias"')).not.toEqual(before)
  expect(Object.values(await opened.statuses())).toEqual(['done', 'done', 'done', 'done', 'done'])
  await catalog.setAlias('churn', 'champion', 1)
  await opened.reopen()
  expect(await opened.statuses()).toMatchObject({ features: 'done', 'by-alias': 'stale', newest: 'done' })
})

test('catalog.load scores relations and rows in TypeScript cells', async () => {
  const sample = drawn('binary')
  await register(sample)
  const opened = await ran(
    cell(
      'typescript',
      'load',
      `const model = await catalog.load('churn@champion').catch((error) => error.message)
       export const loaded = await catalog.load('churn')
       export const scored = await loaded.predict('features')
       ;[model, loaded.version, loaded.task, scored.rows, scored.columns.prediction.join(), scored.columns.probability_Yes instanceof Float64Array].join('|')`,
    ),
    rowsCell(sample),
    cell(
      'typescript',
      'rows',
      `const rows = await loaded.predict(${JSON.stringify(sample.rows.slice(0, 2))})
       JSON.stringify(rows)`,
    ),
    cell(
      'typescript',
      'refused',
      `await loaded.predict([${JSON.stringify({ ...sample.rows[0], tenure: 'x' })}])`,
    ),
    cell(
      'typescript',
      'template',
      "const [row] = await sql`select count(*) as n from predict('churn', features)`\nrow.n",
    ),
  )
  expect((await opened.cell('load')).upstream).toEqual(['features'])
  expect((await opened.cell('load')).outputs).toMatchObject([
    {
      text: `Model "churn" has no version @champion; it has 1.|1|binary|40|${sample.predictions.join()}|true`,
    },
  ])
  const answers = sample.predictions.slice(0, 2).map((prediction, row) => {
    const [no, yes] = sample.probabilities?.[row] ?? []
    return { prediction, probabilities: { No: no, Yes: yes } }
  })
  expect((await opened.cell('rows')).outputs).toMatchObject([{ text: JSON.stringify(answers) }])
  expect(await messageOf(opened, 'refused')).toMatch(
    /Row 1, column "tenure": churn version 1 expected a finite number, found the string "x"/,
  )
  expect((await opened.cell('template')).outputs).toMatchObject([{ text: '40' }])
})
