import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { parseNotebook, serializeNotebook } from '../../shared/notebook/codec.ts'
import type { Cell } from '../../shared/notebook/notebook.ts'
import { withSession } from '../data/relations.ts'
import { cell, type NotebookFixture, notebookName, openFixture } from './fixtures/notebook-fixture.ts'
import { journalPath } from './notebook-file.ts'
import { notebookKey } from './output-store.ts'

let fixture: NotebookFixture
afterEach(() => fixture.close())

async function opened(...cells: Cell[]): Promise<NotebookFixture> {
  fixture = await openFixture(cells)
  return fixture
}

const customers = cell('sql', 'customers', 'select range as id, range % 3 as plan from range(10)')
const features = cell('sql', 'features', 'select *, id * 2 as twice from customers')
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

test('outputs are shown at once on reopening, stale where the code changed meanwhile', async () => {
  await opened(customers, features, cell('sql', 'other', 'select 1 as one'))
  await fixture.run({ type: 'all' })
  await fixture.reopen()
  expect(await fixture.statuses()).toEqual({ customers: 'done', features: 'done', other: 'done' })
  const text = (await fixture.text()).replace('range(10)', 'range(11)')
  await fixture.reopen()
  await writeFile(fixture.file, text)
  expect(await fixture.statuses()).toEqual({ customers: 'stale', features: 'stale', other: 'done' })
  expect((await fixture.cell('features')).outputs).toMatchObject([{ relation: 'features', rows: 10 }])
})

test('a relation dropped behind the notebook makes its cell and its readers stale', async () => {
  await opened(customers, features)
  await fixture.run({ type: 'all' })
  await withSession(fixture.database, (session) => session.run('drop view customers'))
  await fixture.reopen()
  expect(await fixture.statuses()).toEqual({ customers: 'stale', features: 'stale' })
})

test('clearing outputs forgets them, also for the next opening', async () => {
  await opened(customers)
  await fixture.run({ type: 'all' })
  await fixture.notebooks.clearOutputs(notebookName)
  await fixture.reopen()
  expect(await fixture.cell('customers')).toMatchObject({ outputs: [], state: { status: 'idle' } })
})

test('every edit is in the file, without outputs', async () => {
  await opened(customers)
  await fixture.run({ type: 'all' })
  await fixture.edit('customers', 'select 7 as seven')
  expect(parseNotebook(await fixture.text(), notebookName).cells[0]?.source).toBe('select 7 as seven')
  expect(await fixture.text()).toContain('"outputs": []')
})

test('a batch of edits is applied whole or not at all', async () => {
  await opened(customers)
  const before = await fixture.text()
  const { revision } = await fixture.notebooks.open(notebookName)
  await expect(
    fixture.notebooks.edit(notebookName, revision, [
      { type: 'update', id: 'customers', source: 'select 0' },
      { type: 'delete', id: 'unknown' },
    ]),
  ).rejects.toMatchObject({ code: 'not-found' })
  expect(await fixture.text()).toBe(before)
})

test('an edit against an older revision is a conflict', async () => {
  await opened(customers)
  const { revision } = await fixture.notebooks.open(notebookName)
  await fixture.edit('customers', 'select 1')
  await expect(
    fixture.notebooks.edit(notebookName, revision, [{ type: 'delete', id: 'customers' }]),
  ).rejects.toMatchObject({ code: 'conflict' })
})

test('a file that another program changed is not overwritten, and reloading shows the other version', async () => {
  await opened(customers)
  const { revision } = await fixture.notebooks.open(notebookName)
  const theirs = serializeNotebook({ cells: [{ ...customers, source: "select 'theirs' as who" }] })
  await writeFile(fixture.file, theirs)
  await expect(
    fixture.notebooks.edit(notebookName, revision, [{ type: 'update', id: 'customers', source: 'mine' }]),
  ).rejects.toMatchObject({ code: 'conflict', whatToDo: expect.stringContaining('Reload') })
  expect(await fixture.text()).toBe(theirs)
  expect((await fixture.cell('customers')).cell.source).toBe("select 'theirs' as who")
})

test('missing and broken notebooks are named', async () => {
  await opened(customers)
  await expect(fixture.notebooks.open('absent.ipynb')).rejects.toMatchObject({
    code: 'not-found',
    message: 'There is no notebook absent.ipynb.',
  })
  await writeFile(join(fixture.folder, 'broken.ipynb'), '{ "cells": [')
  await expect(fixture.notebooks.open('broken.ipynb')).rejects.toThrow('broken.ipynb is not JSON')
  await expect(fixture.notebooks.open('../outside.ipynb')).rejects.toThrow('outside the workspace')
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

test('a train cell shows live loss, registers a version and shows its metrics', async () => {
  await opened(customers, cell('train', 'churn', '{"from": "customers", "target": "plan"}'))
  const seen: string[] = []
  const watching = new AbortController()
  const watch = (async () => {
    for await (const event of fixture.notebooks.events(notebookName, watching.signal)) {
      if (event.type === 'outputs' && event.id === 'churn')
        seen.push(...event.outputs.map(({ type }) => type))
    }
  })()
  await fixture.run({ type: 'all' })
  watching.abort()
  await watch
  expect(seen.slice(0, 1)).toEqual(['training'])
  const { outputs } = await fixture.cell('churn')
  expect(outputs).toMatchObject([
    { type: 'training', step: '', history: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }] },
    { type: 'model', name: 'churn', version: 1, metrics: { auc: 0.84 }, naive: { auc: 0.5 } },
  ])
  const entry = await fixture.catalog.get('churn', 1)
  expect(entry.record.provenance).toMatchObject({ notebook: notebookName, cell: 'churn' })
})

test('stopping a training registers nothing and keeps the earlier result', async () => {
  const train = cell('train', 'churn', '{"from": "customers", "target": "plan"}')
  await opened(customers, train)
  await fixture.run({ type: 'all' })
  const { outputs } = await fixture.cell('churn')
  await fixture.edit(
    'churn',
    '{"from": "customers", "target": "plan", "model": {"kind": "logistic", "epochs": 500}}',
  )
  await fixture.notebooks.run(notebookName, { type: 'stale' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await fixture.notebooks.interrupt(notebookName)
  expect(await fixture.catalog.list()).toHaveLength(1)
  expect(await fixture.cell('churn')).toMatchObject({ outputs, state: { status: 'stale' } })
})

test('a train cell with an unknown key names it', async () => {
  await opened(customers, cell('train', 'churn', '{"from": "customers", "target": "plan", "modle": {}}'))
  await fixture.run({ type: 'all' })
  expect((await fixture.cell('churn')).state.reason).toMatch(/The train cell "churn".*modle/)
})

test('a train cell without a name is called by its place', async () => {
  await opened(customers, cell('train', '', '{from: 1}'))
  await fixture.run({ type: 'all' })
  expect((await fixture.cell('train-cell')).state.reason).toMatch(/^The train cell 2 is not JSON/)
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

test('an edit that a crash kept out of the file is completed from the journal', async () => {
  await opened(customers)
  await fixture.notebooks.open(notebookName)
  await fixture.edit('customers', 'select 1')
  const before = createHash('sha256')
    .update(await fixture.text())
    .digest('hex')
  const edits = [{ type: 'update', id: 'customers', source: 'select 2' }]
  await writeFile(journalPath(fixture.folder, notebookKey(notebookName)), JSON.stringify({ before, edits }))
  await fixture.reopen()
  expect((await fixture.cell('customers')).cell.source).toBe('select 2')
  expect(await fixture.text()).toContain('select 2')
  expect(await readdir(join(fixture.folder, '.slipway', 'journal'))).toEqual([])
})

test('outputs follow a renamed notebook', async () => {
  await opened(customers)
  await fixture.run({ type: 'all' })
  await rename(fixture.file, join(fixture.folder, 'new.ipynb'))
  await fixture.notebooks.moved(notebookName, 'new.ipynb')
  const { cells } = await fixture.notebooks.open('new.ipynb')
  expect(cells[0]).toMatchObject({ state: { status: 'done' }, outputs: [{ relation: 'customers' }] })
  expect(await readFile(join(fixture.folder, 'new.ipynb'), 'utf8')).toContain('customers')
})

test('rows stay in the database: the notebook file holds none', async () => {
  await opened(cell('sql', 'big', 'select range as i from range(100000)', { materialize: 'table' }))
  await fixture.run({ type: 'all' })
  expect((await fixture.text()).length).toBeLessThan(2_000)
  expect(await rows('select count(*)::int as n from big')).toEqual([{ n: 100_000 }])
})

test('an output that cannot be kept is still shown, with a remark', async () => {
  await opened(customers)
  await fixture.notebooks.open(notebookName)
  await mkdir(join(fixture.folder, '.slipway'), { recursive: true })
  await writeFile(join(fixture.folder, '.slipway', 'outputs'), 'a file where the folder should be')
  await fixture.run({ type: 'all' })
  const { state, outputs } = await fixture.cell('customers')
  expect(state.status).toBe('done')
  expect(outputs).toMatchObject([
    { type: 'relation', rows: 10 },
    { type: 'text', stream: 'stderr', text: expect.stringContaining('not kept') },
  ])
})
