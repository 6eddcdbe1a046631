/** Catches a bundle that is taken for a version it is not, which keeps that version from being deleted. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Manifest } from '../../shared/bundle/manifest.ts'
import type { ModelVersion } from '../../shared/catalog/version.ts'
import type { Catalog } from './catalog.ts'
import { createCatalog } from './create-catalog.ts'
import { trainedModel } from './testing/trained-model.ts'
import { versionOfBundle } from './version-of-bundle.ts'

let folder: string
let catalog: Catalog
let record: ModelVersion
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-version-of-'))
  catalog = createCatalog({ folder: join(folder, 'catalog') })
  record = await catalog.register(modelOf('1 2 3'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Logistic models of one table are alike but for their weights. */
function modelOf(weights: string) {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const files = { 'model/model.json': '{}', 'model/weights.bin': weights, 'card.md': '# A card' }
  return trainedModel('churn', 0.8, new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)])))
}

async function bundleOf({ name, version, created, files }: ModelVersion, more: Partial<Manifest> = {}) {
  const runtime = { slipway: '0.0.1', node: '24.0.0', target: 'any' }
  const served = { path: 'server.mjs', bytes: 1, sha256: 'e'.repeat(64) }
  const manifest = { format: 1, name, version, created, runtime, files: [...files, served], ...more }
  const path = join(folder, 'bundle')
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'manifest.json'), JSON.stringify(manifest))
  return path
}

test('a bundle of this version is known, also with a card that was edited', async () => {
  expect(await versionOfBundle(catalog, await bundleOf(record))).toMatchObject({ name: 'churn', version: 1 })
  const edited = record.files.map((file) =>
    file.path === 'card.md' ? { ...file, sha256: 'c'.repeat(64) } : file,
  )
  expect(await versionOfBundle(catalog, await bundleOf(record, { files: edited }))).not.toBeNull()
})

test("another catalog's version of the same number is not ours, though only its weights differ", async () => {
  const other = await createCatalog({ folder: join(folder, 'other') }).register(modelOf('3 2 1'))
  expect(other).toMatchObject({ name: record.name, version: record.version, created: record.created })
  expect(await versionOfBundle(catalog, await bundleOf(other))).toBeNull()
})

test('neither is the same model trained at another time, one without a model, nor a folder that is no bundle', async () => {
  const later = await bundleOf(record, { created: '2026-02-01T00:00:00.000Z' })
  expect(await versionOfBundle(catalog, later)).toBeNull()
  expect(await versionOfBundle(catalog, await bundleOf(record, { files: [] }))).toBeNull()
  expect(await versionOfBundle(catalog, join(folder, 'nothing'))).toBeNull()
})
