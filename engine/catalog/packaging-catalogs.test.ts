import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPackagingCatalogs } from './packaging-catalogs.ts'

let state: string
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'slipway-packaging-'))
})
afterEach(() => rm(state, { recursive: true }))

async function catalog(name: string): Promise<string> {
  const folder = join(state, 'work', name)
  await mkdir(folder, { recursive: true })
  return folder
}

test('every catalog that was noted is there, however many, and each once', async () => {
  const packaging = createPackagingCatalogs(state)
  expect(await packaging.list()).toEqual([])
  const folders = await Promise.all(Array.from({ length: 30 }, (_, i) => catalog(`c${i}`)))
  // At the same time, as several commands would.
  await Promise.all([...folders, ...folders].map((folder) => createPackagingCatalogs(state).add(folder)))
  expect((await packaging.list()).sort()).toEqual(folders.sort())
})

test('one that is gone is not listed, and forgotten after a while only: its disk may be back tomorrow', async () => {
  const folder = await catalog('away')
  await createPackagingCatalogs(state).add(folder)
  await rm(folder, { recursive: true })
  expect(await createPackagingCatalogs(state).list()).toEqual([])
  await catalog('away')
  expect(await createPackagingCatalogs(state).list()).toEqual([folder])

  await rm(folder, { recursive: true })
  const [name = ''] = await readdir(join(state, 'catalogs'))
  const longAgo = new Date(Date.now() - 91 * 86_400_000)
  await utimes(join(state, 'catalogs', name), longAgo, longAgo)
  expect(await createPackagingCatalogs(state).list()).toEqual([])
  expect(await readdir(join(state, 'catalogs'))).toEqual([])
})

test('a note that cannot be read is passed over', async () => {
  const folder = await catalog('fine')
  await createPackagingCatalogs(state).add(folder)
  await writeFile(join(state, 'catalogs', 'broken.json'), '{')
  await writeFile(join(state, 'catalogs', 'other.json'), '{"folder":1}')
  expect(await createPackagingCatalogs(state).list()).toEqual([folder])
})
