import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCatalog } from './create-catalog.ts'
import { trainedModel as trained } from './testing/trained-model.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-removing-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a version that is deployed or has an alias is not deleted, and says what to do', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await catalog.setAlias('churn', 'champion', 1)
  await expect(catalog.remove('churn', 1)).rejects.toMatchObject({
    code: 'conflict',
    message: 'churn version 1 cannot be deleted: @champion points to it.',
    whatToDo: expect.stringContaining('Move the alias to another version'),
  })
  await catalog.setAlias('churn', 'champion', null)
  const place = { version: 1, deployment: 'live', workspace: '/work/a' }
  const use = { ...place, type: 'deployed' as const, bundle: '/b', endpoint: 'http://127.0.0.1:1' }
  await catalog.record('churn', use)
  await expect(catalog.remove('churn', 1)).rejects.toMatchObject({
    message: 'churn version 1 cannot be deleted: it is deployed as "live" of the workspace /work/a.',
    whatToDo: expect.stringContaining('Remove the deployment first'),
  })
  await catalog.record('churn', { ...place, type: 'undeployed' })
  await catalog.remove('churn', 1)
  expect(await catalog.list()).toEqual([])
})

test('a deletion that a crash cut off is finished by the next registration', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await catalog.remove('churn', 1)
  await writeFile(join(catalog.folder('churn', 1), 'left.bin'), 'x')
  await catalog.register(trained('churn'))
  expect(await readdir(catalog.folder('churn', 1))).toEqual(['deleted.json'])
})

test('deleting makes room on a full disk, and without any is finished later; the folder is never empty', async () => {
  const healthy = createCatalog({ folder })
  for (let i = 0; i < 2; i += 1) await healthy.register(trained('churn'))
  const weights = (version: number) => join(folder, 'churn', String(version), 'model/weights.bin')
  const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  let hasRoom = (_version: number) => false
  const catalog = createCatalog({
    folder,
    async write(path, bytes) {
      const [, version] = /(\d+)[/\\]deleted\.json$/.exec(path) ?? []
      if (version !== undefined && !hasRoom(Number(version))) throw noSpace()
      await writeFile(path, bytes)
    },
  })
  // The weights that are gone leave the room that the note takes.
  hasRoom = (version) => !existsSync(weights(version))
  await catalog.remove('churn', 1)
  expect(await readdir(catalog.folder('churn', 1))).toEqual(['deleted.json'])
  hasRoom = () => false
  await catalog.remove('churn', 2)
  expect(await readdir(catalog.folder('churn', 2))).toEqual(['version.json'])
  expect(await catalog.list()).toEqual([])
  expect((await healthy.register(trained('churn'))).version).toBe(3)
  expect(await readdir(catalog.folder('churn', 2))).toEqual(['deleted.json'])
})

test('a damaged version without a record keeps its number on a full disk too', async () => {
  const full = async (path: string, bytes: Uint8Array | string) => {
    if (path.endsWith('deleted.json')) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    await writeFile(path, bytes)
  }
  const catalog = createCatalog({ folder, write: full })
  await catalog.register(trained('churn'))
  await rm(join(catalog.folder('churn', 1), 'version.json'))
  await catalog.remove('churn', 1)
  expect(await readdir(catalog.folder('churn', 1))).toEqual(['model'])
  expect((await catalog.register(trained('churn'))).version).toBe(2)
})
