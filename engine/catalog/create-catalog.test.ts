import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TrainedRecord } from '../../shared/catalog/version.ts'
import { trainSpecSchema } from '../../shared/notebook/train-spec.ts'
import type { TrainedModel } from '../training/training.ts'
import { createCatalog } from './create-catalog.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-catalog-'))
})
afterEach(() => rm(folder, { recursive: true }))

function trained(name: string, accuracy = 0.8): TrainedModel {
  const record: TrainedRecord = {
    name,
    task: 'binary',
    created: '2026-01-02T03:04:05.000Z',
    durationMs: 12,
    spec: trainSpecSchema.parse({ from: 'features', target: 'churn' }),
    signature: { version: 1, task: 'binary', inputs: [], target: { name: 'churn', sourceType: 'VARCHAR' } },
    metrics: { accuracy },
    split: { train: 8, validation: 1, test: 3 },
    history: [],
    provenance: {
      notebook: null,
      notebookHash: null,
      cell: null,
      data: { relation: 'features', sql: null, rows: 12, contentHash: 'x' },
      git: null,
      slipway: '0.1.0',
      node: '24',
      platform: 'linux-x64',
      backend: 'cpu',
      packages: {},
    },
  }
  return { record, naive: {}, files: new Map([['model/weights.bin', new Uint8Array([1, 2, 3])]]) }
}

test('a registered version is there whole, numbered from one', async () => {
  const catalog = createCatalog({ folder })
  expect((await catalog.register(trained('churn'))).version).toBe(1)
  expect((await catalog.register(trained('churn', 0.9))).version).toBe(2)
  expect(await readFile(join(catalog.folder('churn', 2), 'model/weights.bin'))).toEqual(
    Buffer.from([1, 2, 3]),
  )
  expect(
    (await catalog.list()).map((entry) => [entry.record.version, entry.record.metrics.accuracy]),
  ).toEqual([
    [2, 0.9],
    [1, 0.8],
  ])
})

test('twenty registrations at once by two catalogs get twenty different versions', async () => {
  const catalogs = [createCatalog({ folder }), createCatalog({ folder })]
  const versions = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, i) => (await catalogs[i % 2]?.register(trained('churn')))?.version ?? 0,
    ),
  )
  expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  expect((await readdir(join(folder, 'churn'))).filter((entry) => entry.startsWith('.'))).toEqual([])
})

test('a registration that fails leaves nothing behind', async () => {
  const model = trained('churn')
  const broken = { ...model, files: new Map([['version.json/inside', new Uint8Array()]]) }
  const catalog = createCatalog({ folder })
  await expect(catalog.register(broken)).rejects.toThrow()
  expect(await readdir(join(folder, 'churn'))).toEqual([])
  expect(await catalog.list()).toEqual([])
})

test('on a full disk nothing is half-written, and the versions that were there stay', async () => {
  let left = Number.POSITIVE_INFINITY
  const catalog = createCatalog({
    folder,
    async write(path, bytes) {
      left -= 1
      if (left < 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
      await writeFile(path, bytes)
    },
  })
  await catalog.register(trained('churn'))
  for (const files of [0, 1]) {
    left = files
    await expect(catalog.register(trained('churn'))).rejects.toMatchObject({
      code: 'disk-full',
      message: 'Model churn could not be saved: the disk is full.',
      whatToDo: expect.stringContaining('Free some space'),
    })
    expect(await readdir(join(folder, 'churn'))).toEqual(['1'])
  }
})

test('what a crash left of a registration is not listed, and is swept away by a later one', async () => {
  const begun = Date.UTC(2026, 0, 1)
  const abandoned = `.new-1-${begun}-x`
  await mkdir(join(folder, 'churn', abandoned, 'model'), { recursive: true })
  expect(await createCatalog({ folder }).list()).toEqual([])
  const soon = createCatalog({ folder, now: () => begun + 60_000 })
  await soon.register(trained('churn'))
  expect(await readdir(join(folder, 'churn'))).toEqual([abandoned, '1'])
  const later = createCatalog({ folder, now: () => begun + 7_200_000 })
  await later.register(trained('churn'))
  expect(await readdir(join(folder, 'churn'))).toEqual(['1', '2'])
})

test('an alias points at one version and moves', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await catalog.register(trained('churn'))
  await catalog.setAlias('churn', 'champion', 1)
  expect(await catalog.resolve('churn@champion')).toEqual({ name: 'churn', version: 1 })
  await catalog.setAlias('churn', 'champion', 2)
  expect((await catalog.get('churn', 2)).aliases).toEqual(['champion'])
  expect((await catalog.get('churn', 1)).aliases).toEqual([])
  await catalog.setAlias('churn', 'champion', null)
  expect(await catalog.aliases('churn')).toEqual({})
})

test('a bare name is the newest version', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await catalog.register(trained('churn'))
  expect(await catalog.resolve('churn')).toEqual({ name: 'churn', version: 2 })
  expect(await catalog.resolve('churn:1')).toEqual({ name: 'churn', version: 1 })
})

test('what is not there is named together with what is', async () => {
  const catalog = createCatalog({ folder })
  await expect(catalog.resolve('churn')).rejects.toThrow(
    'There is no model "churn" in the catalog; it has none yet.',
  )
  await catalog.register(trained('churn'))
  await expect(catalog.resolve('price')).rejects.toThrow('it has churn')
  await expect(catalog.resolve('churn:7')).rejects.toThrow('has no version 7; it has 1')
  await expect(catalog.resolve('churn@champion')).rejects.toThrow('has no version @champion; it has 1')
  await expect(catalog.resolve('../etc')).rejects.toThrow('does not name a model version')
  await expect(catalog.setAlias('churn', 'champion', 9)).rejects.toThrow('has no version 9')
})

test('a damaged version file is named', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await writeFile(join(catalog.folder('churn', 1), 'version.json'), '{"format":1')
  await expect(catalog.get('churn', 1)).rejects.toThrow('model churn version 1 is not JSON')
})

test('a version whose record was deleted is named, with its folder', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await rm(join(catalog.folder('churn', 1), 'version.json'))
  await expect(catalog.list()).rejects.toMatchObject({
    code: 'integrity',
    message: 'The model churn version 1 has no version.json.',
    whatToDo: expect.stringContaining(catalog.folder('churn', 1)),
  })
})
