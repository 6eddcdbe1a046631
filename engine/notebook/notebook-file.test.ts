import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Failure } from '../../shared/failure.ts'
import { serializeNotebook } from '../../shared/notebook/codec.ts'
import type { Notebook } from '../../shared/notebook/notebook.ts'
import { atomicWrite } from '../workspace/atomic-write.ts'
import { createNotebookFile } from './notebook-file.ts'

const notebook = (source: string): Notebook => ({ cells: [{ id: 'a', kind: 'sql', name: '', source }] })
const edits = [{ type: 'update' as const, id: 'a', source: 'select 2' }]

let folder: string
let path: string
let journal: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-file-'))
  path = join(folder, 'n.ipynb')
  journal = join(folder, 'journal', 'n.json')
  await writeFile(path, serializeNotebook(notebook('select 1')))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a full disk at save leaves the file as it was, and the next save works', async () => {
  let full = true
  const file = createNotebookFile(path, 'n.ipynb', journal, async (target, text) => {
    if (full) throw new Failure('disk-full', `${target} was not saved.`, 'Free some space.')
    await atomicWrite(target, text)
  })
  await file.load()
  await expect(file.save(notebook('select 2'), edits)).rejects.toMatchObject({ code: 'disk-full' })
  expect(await readFile(path, 'utf8')).toBe(serializeNotebook(notebook('select 1')))
  expect(existsSync(journal)).toBe(false)
  full = false
  await file.save(notebook('select 2'), edits)
  expect(await readFile(path, 'utf8')).toBe(serializeNotebook(notebook('select 2')))
})

test('an edit is in the journal before the file is replaced', async () => {
  let seen = ''
  const file = createNotebookFile(path, 'n.ipynb', journal, async (target, text) => {
    seen = await readFile(journal, 'utf8')
    await atomicWrite(target, text)
  })
  await file.load()
  await file.save(notebook('select 2'), edits)
  expect(JSON.parse(seen).edits).toEqual(edits)
  expect(existsSync(journal)).toBe(false)
})

test('a journal that does not belong to the file, or was cut off, changes nothing', async () => {
  for (const text of [JSON.stringify({ before: 'another', edits }), '{"before": "x", "ed']) {
    await rm(journal, { force: true })
    await atomicWrite(journal, text)
    const file = createNotebookFile(path, 'n.ipynb', journal)
    expect(await file.load()).toEqual(notebook('select 1'))
    expect(existsSync(journal)).toBe(false)
  }
})
