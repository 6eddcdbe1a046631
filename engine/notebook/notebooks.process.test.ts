import { afterEach, expect, test } from 'vitest'
import type { NotebookEvent } from '../../shared/contract/notebook.ts'
import type { Cell } from '../../shared/notebook/notebook.ts'
import { withSession } from '../data/relations.ts'
import {
  cell,
  customers,
  features,
  type NotebookFixture,
  notebookName,
  openFixture,
} from './fixtures/notebook-fixture.ts'

let fixture: NotebookFixture
afterEach(() => fixture.close())

async function opened(...cells: Cell[]): Promise<NotebookFixture> {
  fixture = await openFixture(cells)
  return fixture
}

const endless =
  'select count(*) as n from range(100000000) a, range(1000) b where (a.range * b.range) % 7 = 3'

const rows = (sql: string) => withSession(fixture.database, (session) => session.rows(sql))

test('opening runs nothing', async () => {
  await opened(customers)
  expect(await fixture.statuses()).toEqual({ customers: 'idle' })
  expect(await rows('select table_name from information_schema.tables')).toEqual([])
})

test('running a cell first runs what it needs, and shows the relation by name', async () => {
  await opened(features, customers)
  await fixture.run({ type: 'cell', id: 'features' })
  expect(await fixture.statuses()).toEqual({ customers: 'done', features: 'done' })
  const view = await fixture.cell('features')
  expect(view.upstream).toEqual(['customers'])
  expect(view.outputs).toEqual([
    {
      type: 'relation',
      relation: 'features',
      rows: 10,
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'plan', type: 'BIGINT' },
        { name: 'twice', type: 'BIGINT' },
      ],
    },
  ])
})

test('an edit marks the cell and everything downstream stale, and undoing it makes them done again', async () => {
  await opened(customers, features, cell('sql', 'other', 'select 1 as one'))
  await fixture.run({ type: 'all' })
  await fixture.edit('customers', 'select range as id, 1 as plan from range(5)')
  expect(await fixture.statuses()).toEqual({ customers: 'stale', features: 'stale', other: 'done' })
  await fixture.edit('customers', customers.source)
  expect(await fixture.statuses()).toEqual({ customers: 'done', features: 'done', other: 'done' })
})

test('run stale runs just what is stale, in order', async () => {
  await opened(customers, features, cell('sql', 'other', 'select random() as r', { materialize: 'table' }))
  await fixture.run({ type: 'all' })
  const before = await rows('from other')
  await fixture.edit('customers', 'select range as id, 1 as plan from range(5)')
  await fixture.run({ type: 'stale' })
  expect(await fixture.statuses()).toEqual({ customers: 'done', features: 'done', other: 'done' })
  expect(await rows('select count(*)::int as n from features')).toEqual([{ n: 5 }])
  expect(await rows('from other')).toEqual(before)
})

test('an unnamed cell shows its result through a hidden relation', async () => {
  await opened(cell('sql', '', 'select 1 as a union all select 2 order by a'))
  await fixture.run({ type: 'all' })
  const [output] = (await fixture.cell('sql-cell')).outputs
  if (output?.type !== 'relation') throw new Error('expected a relation')
  expect(output.relation).toMatch(/^_cells\./)
  expect(output.rows).toBe(2)
})

test('a failing cell says what DuckDB said, keeps the earlier relation, and what depends on it does not run', async () => {
  await opened(customers, features)
  await fixture.run({ type: 'all' })
  await fixture.edit('customers', 'create table half as select 1 as x; select nothing from nowhere')
  await fixture.run({ type: 'stale' })
  const failed = await fixture.cell('customers')
  expect(failed.state.status).toBe('failed')
  expect(failed.outputs.at(-1)).toMatchObject({ type: 'error', message: expect.stringContaining('nowhere') })
  expect((await fixture.cell('features')).state).toMatchObject({
    status: 'failed',
    reason: 'Not run, because "customers" failed.',
  })
  expect(await rows('select count(*)::int as n from customers')).toEqual([{ n: 10 }])
  expect(await rows("select 1 from duckdb_tables() where table_name = 'half'")).toEqual([])
})

test('a cell never overwrites an imported table', async () => {
  await opened(cell('sql', 'orders', 'select 1 as x'))
  await withSession(fixture.database, (session) => session.run('create table orders as select 42 as kept'))
  await fixture.run({ type: 'all' })
  expect((await fixture.cell('orders')).state.reason).toContain('orders exists that no cell made')
  expect(await rows('from orders')).toEqual([{ kept: 42 }])
})

test('renaming a cell moves its relation', async () => {
  await opened(customers)
  await fixture.run({ type: 'all' })
  const { revision } = await fixture.notebooks.open(notebookName)
  await fixture.notebooks.edit(notebookName, revision, [{ type: 'update', id: 'customers', name: 'clients' }])
  await fixture.run({ type: 'all' })
  expect(await rows('select view_name from duckdb_views() where not internal')).toEqual([
    { view_name: 'clients' },
  ])
})

test('two cells of one name are both in error', async () => {
  await opened(customers, { ...customers, id: 'second' })
  await fixture.run({ type: 'all' })
  expect((await fixture.cell('customers')).state.reason).toContain('"customers" is also defined by')
  expect((await fixture.cell('second')).state.reason).toContain('"customers" is already defined by')
})

test('cells that need each other say so', async () => {
  await opened(cell('sql', 'a', 'from b'), cell('sql', 'b', 'from a'))
  await fixture.run({ type: 'all' })
  expect((await fixture.cell('a')).state.reason).toContain('need each other')
})

test('interrupting a query leaves earlier results intact and empties the queue', async () => {
  await opened(customers, features)
  await fixture.run({ type: 'all' })
  const before = await fixture.cell('customers')
  await fixture.edit('customers', endless)
  await fixture.notebooks.run(notebookName, { type: 'stale' })
  await new Promise((resolve) => setTimeout(resolve, 150))
  await fixture.notebooks.interrupt(notebookName)
  const { running } = await fixture.notebooks.open(notebookName)
  expect(running).toBe(false)
  expect(await fixture.statuses()).toEqual({ customers: 'stale', features: 'stale' })
  expect((await fixture.cell('customers')).outputs).toEqual(before.outputs)
  expect(await rows('select count(*)::int as n from customers')).toEqual([{ n: 10 }])
  await fixture.edit('customers', 'select 1 as id')
  await fixture.run({ type: 'stale' })
  expect(await fixture.statuses()).toEqual({ customers: 'done', features: 'done' })
})

test('a disabled cell does not run and neither does what needs it', async () => {
  await opened({ ...customers, disabled: true }, features)
  await fixture.run({ type: 'all' })
  expect(await fixture.statuses()).toEqual({ customers: 'disabled', features: 'stale' })
  expect((await fixture.cell('features')).state.reason).toBe(
    'Not run: it needs "customers", which is disabled.',
  )
})

test('a passing check lets its relation through; a failing one stops whoever reads it', async () => {
  const check = cell('check', 'no negatives', 'from customers where id < 0')
  await opened(customers, check, features)
  await fixture.run({ type: 'all' })
  expect(await fixture.statuses()).toEqual({ customers: 'done', 'no-negatives': 'done', features: 'done' })
  await fixture.edit('customers', 'select -1 as id union all select 2')
  await fixture.run({ type: 'stale' })
  expect((await fixture.cell('no-negatives')).outputs).toEqual([
    {
      type: 'check',
      passed: false,
      violations: 1,
      columns: [{ name: 'id', type: 'INTEGER' }],
      sample: [[-1]],
    },
  ])
  expect((await fixture.cell('no-negatives')).state.reason).toBe('1 row violates the check "no negatives".')
  expect((await fixture.cell('features')).state).toMatchObject({
    status: 'failed',
    reason: 'Not run, because "no negatives" failed.',
  })
})

test('a cell with a slip of the pen still owns its name: what reads it is not run', async () => {
  await opened(cell('sql', 'people', 'selec 1 as n'), cell('sql', 'adults', 'from people'))
  const report = await fixture.notebooks.runNotebook(notebookName)
  expect(report.cells).toMatchObject([
    { status: 'failed', error: expect.stringContaining('syntax error at or near "selec"') },
    { status: 'failed', ms: null, error: 'Not run, because "people" failed.' },
  ])
  expect(report.cells[0]?.error).toContain('Correct the statement')
})

test('a run that is stopped reports what ran, and nothing of the run before', async () => {
  await opened(customers, features, cell('sql', 'late', 'select 1 as one'))
  expect(await fixture.notebooks.runNotebook(notebookName)).not.toHaveProperty('stopped')
  await fixture.edit('features', `${endless} and a.range <> (select max(id) from customers)`)
  const stopping = new AbortController()
  const onEvent = (event: NotebookEvent) => {
    if (event.type === 'state' && event.id === 'features' && event.state.status === 'running')
      stopping.abort()
  }
  const { signal } = stopping
  expect(await fixture.notebooks.runNotebook(notebookName, { signal }, onEvent)).toEqual({
    ok: false,
    stopped: true,
    cells: [
      { id: 'customers', kind: 'sql', name: 'customers', status: 'done', ms: expect.any(Number) },
      { id: 'features', kind: 'sql', name: 'features', status: 'idle', ms: null },
      { id: 'late', kind: 'sql', name: 'late', status: 'idle', ms: null },
    ],
    models: [],
  })
  // What an earlier run left is there still.
  expect((await fixture.cell('late')).state.status).toBe('done')
})

test('a run from the command line reports cells and models', async () => {
  await opened(
    customers,
    cell('train', 'churn', '{"from": "customers", "target": "plan"}'),
    cell('markdown', '', '# Hi'),
  )
  const report = await fixture.notebooks.runNotebook(notebookName)
  expect(report).toMatchObject({
    ok: true,
    cells: [
      { id: 'customers', kind: 'sql', name: 'customers', status: 'done' },
      { id: 'churn', kind: 'train', status: 'done' },
      { id: 'markdown-cell', kind: 'markdown', status: 'done' },
    ],
    models: [{ name: 'churn', version: 1, task: 'binary', metrics: { auc: 0.84 } }],
  })
})

test('parameters replace the values of the tagged cell, in their type', async () => {
  const parameters = cell('sql', '', 'set variable rows_wanted = 3', { tags: ['parameters'] })
  await opened(parameters, cell('sql', 'sample', "select range as i from range(getvariable('rows_wanted'))"))
  expect((await fixture.notebooks.runNotebook(notebookName, { params: { rows_wanted: '5' } })).ok).toBe(true)
  expect(await rows('select count(*)::int as n from sample')).toEqual([{ n: 5 }])
  expect((await fixture.notebooks.runNotebook(notebookName)).ok).toBe(true)
  expect(await rows('select count(*)::int as n from sample')).toEqual([{ n: 3 }])
  const wrong = await fixture.notebooks.runNotebook(notebookName, { params: { rows_wanted: 'many' } })
  expect(wrong.cells[0]?.error).toContain(
    'The parameter rows_wanted is "many"; expected a value of type INTEGER',
  )
  await expect(fixture.notebooks.runNotebook(notebookName, { params: { other: '1' } })).rejects.toThrow(
    'has no parameter other; it has rows_wanted',
  )
})
