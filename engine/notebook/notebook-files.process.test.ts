/** What of a notebook is on disk: the file, its journal and its outputs, and what is made of them on reopening. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { parseNotebook, serializeNotebook } from '../../shared/notebook/codec.ts'
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
import { journalPath } from './notebook-file.ts'
import { notebookKey } from './output-store.ts'

let fixture: NotebookFixture
afterEach(() => fixture.close())

async function opened(...cells: Cell[]): Promise<NotebookFixture> {
  fixture = await openFixture(cells)
  return fixture
}

const rows = (sql: string) => withSession(fixture.database, (session) => session.rows(sql))

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

test('a window that opens a notebook sees the file as another program left it', async () => {
  await opened(customers)
  await fixture.run({ type: 'all' })
  await writeFile(fixture.file, (await fixture.text()).replace('range(10)', 'range(11)'))
  const events = fixture.notebooks.events(notebookName)
  const first = await events.next()
  await events.return?.()
  expect(first.value).toMatchObject({
    type: 'document',
    view: { cells: [{ cell: { id: 'customers', source: expect.stringContaining('range(11)') } }] },
  })
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
