import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../../shared/bundle/manifest.ts'
import { signedFileText } from '../../shared/bundle/signed-files.ts'
import { emptyState } from '../../shared/catalog/model-state.ts'
import { readBundleManifest } from '../bundles/read-bundle.ts'
import { createSigner } from '../bundles/signing-key.ts'
import { type SampleWorkspace, sampleWorkspace } from '../bundles/testing/sample-workspace.ts'
import { createDeployments } from '../deployments/create-deployments.ts'
import type { Deployments } from '../deployments/deployments.ts'
import { createRecentList } from '../workspace/recent.ts'
import type { Catalog } from './catalog.ts'
import { createCatalog } from './create-catalog.ts'
import { createModelCatalog } from './model-catalog.ts'
import { neighbourCatalogs } from './neighbour-catalogs.ts'
import { createPackagingCatalogs } from './packaging-catalogs.ts'
import { recordDeployments, recordPackaging } from './record-uses.ts'

let workspace: SampleWorkspace
let deployments: Deployments
let bundle: string

const events = async () => (await workspace.catalog.history('churn')).map(({ event }) => event)
const uses = async () => (await workspace.catalog.state('churn')).deployed

const open = (...catalogs: Catalog[]) => {
  const { folder, changes, processes } = workspace
  const environment = { SLIPWAY_LINGER_SECONDS: '0' }
  const plain = createDeployments({ workspaceFolder: folder, changes, processes, environment })
  return recordDeployments(plain, async () => catalogs, folder)
}

/** Makes the bundle in a folder another one: it serves as ours does, and this catalog knows nothing of it. */
async function estrange(path: string, changes: Partial<Manifest>): Promise<void> {
  const file = join(path, 'manifest.json')
  const { signature: _ours, ...manifest } = await readBundleManifest(path)
  const stranger = createSigner(join(workspace.folder, 'stranger'))
  await writeFile(file, signedFileText(await stranger.sign({ ...manifest, ...changes })))
  await rm(join(path, 'verification.json'), { force: true })
}

async function strangersBundle(): Promise<string> {
  const path = join(workspace.folder, 'strangers')
  await cp(bundle, path, { recursive: true })
  await estrange(path, { version: 7 })
  return path
}

/** A folder that holds the stranger's bundle first and then, in place, ours. */
async function inPlace(name: string, changes: Partial<Manifest>) {
  const path = join(workspace.folder, name)
  await cp(bundle, path, { recursive: true })
  await estrange(path, changes)
  return {
    path,
    async rewrite() {
      await rm(path, { recursive: true })
      await cp(bundle, path, { recursive: true })
    },
  }
}

beforeAll(async () => {
  workspace = await sampleWorkspace()
  deployments = open(workspace.catalog)
  const bundles = recordPackaging(workspace.bundles, workspace.catalog, async () => {})
  bundle = (await bundles.package({ name: 'churn', version: 1 }, {}, () => {})).path
})
afterAll(async () => {
  for (const { name } of await deployments.list()) await deployments.remove(name)
  await workspace.remove()
})

test('packaging is recorded with its folder and target, unless it is asked not to be', async () => {
  let remembered = 0
  const unrecorded = recordPackaging(workspace.bundles, workspace.catalog, async () => {
    remembered++
  })
  const out = join(workspace.folder, 'unrecorded')
  await unrecorded.package({ name: 'churn', version: 1 }, { out, unrecorded: true }, () => {})
  expect(remembered).toBe(0)
  expect(await events()).toEqual([{ type: 'packaged', version: 1, path: bundle, target: 'any' }])
})

test('a deployment is recorded with its endpoint, follows a swap, and is forgotten with it', async () => {
  const { endpoint } = await deployments.deploy({ bundle, name: 'live' })
  const use = { deployment: 'live', workspace: workspace.folder, version: 1 }
  expect(await uses()).toMatchObject([{ ...use, bundle, endpoint }])
  const copy = join(workspace.folder, 'copy')
  await cp(bundle, copy, { recursive: true })
  await deployments.swap('live', { bundle: copy })
  expect(await uses()).toMatchObject([{ ...use, bundle: copy }])
  await deployments.deactivate('live')
  expect(await uses()).toHaveLength(1)
  await deployments.remove('live')
  expect(await uses()).toEqual([])
  expect((await events()).at(-1)).toMatchObject({ type: 'undeployed', version: 1, deployment: 'live' })
})

test('a shadow and a canary are uses of their own, and their versions are not deleted', async () => {
  const { endpoint } = await deployments.deploy({ bundle, name: 'beside' })
  const shadow = join(workspace.folder, 'shadow')
  const canary = join(workspace.folder, 'canary')
  for (const copy of [shadow, canary]) await cp(bundle, copy, { recursive: true })
  const place = { deployment: 'beside', workspace: workspace.folder, version: 1, endpoint }
  await deployments.swap('beside', { shadow, canary: { bundle: canary, fraction: 0.2 } })
  expect(await uses()).toMatchObject([
    { ...place, bundle },
    { ...place, bundle: shadow, role: 'shadow' },
    { ...place, bundle: canary, role: 'canary' },
  ])
  await deployments.swap('beside', { bundle: await strangersBundle(), canary: null })
  expect(await uses()).toMatchObject([{ ...place, bundle: shadow, role: 'shadow' }])
  await expect(workspace.catalog.remove('churn', 1)).rejects.toMatchObject({
    code: 'conflict',
    message: `churn version 1 cannot be deleted: it is deployed as "beside" of the workspace ${workspace.folder} (as its shadow).`,
  })
  // A catalog that was never told of it refuses as well.
  const { catalog, bundles, folder } = workspace
  const silent = { ...catalog, state: async () => emptyState, remove: async () => {} }
  const staleness = Object.assign(async () => ({ kind: 'current' as const }), {
    forgetTables: () => {},
    watched: () => [],
  })
  const models = createModelCatalog({
    catalog: silent,
    staleness,
    bundles,
    deployments,
    workspaceFolder: folder,
  })
  await expect(models.remove({ name: 'churn', version: 1 }, '')).rejects.toMatchObject({
    message: expect.stringContaining('(as its shadow)'),
  })
  await deployments.remove('beside')
  expect(await uses()).toEqual([])
})

describe('a folder that is rewritten in place', () => {
  // A server that answers takes no other model.
  test.each<[string, Partial<Manifest>, boolean]>([
    ['from a version of another model', { name: 'other' }, false],
    ['from the same version of another catalog', { created: '2020-01-01T00:00:00.000Z' }, true],
  ])('%s is noted by the swap that sends it again', async (_, changes, answers) => {
    const { path, rewrite } = await inPlace('rewritten', changes)
    await deployments.deploy({ bundle: path, name: 'again' })
    expect(await uses()).toEqual([])
    if (!answers) await deployments.deactivate('again')
    await rewrite()
    await deployments.swap('again', { bundle: path })
    expect(await uses()).toMatchObject([{ deployment: 'again', version: 1, bundle: path }])
    await expect(workspace.catalog.remove('churn', 1)).rejects.toMatchObject({ code: 'conflict' })
    // What is noted is not noted again.
    const told = (await events()).length
    await deployments.swap('again', { bundle: path })
    expect((await events()).length).toBe(told)
    await deployments.remove('again')
    expect(await uses()).toEqual([])
    await rm(path, { recursive: true })
  })

  test('is noted when its deployment starts again, which serves it from then on', async () => {
    const { path, rewrite } = await inPlace('restarted', { version: 7 })
    await deployments.deploy({ bundle: path, name: 'later' })
    await deployments.deactivate('later')
    await rewrite()
    expect((await deployments.activate('later')).model).toEqual({ name: 'churn', version: 1 })
    expect(await uses()).toMatchObject([{ deployment: 'later', version: 1, bundle: path }])
    await deployments.remove('later')
    expect(await uses()).toEqual([])
  })

  test('keeps the note of the version that still answers, which a change beside it does not load anew', async () => {
    const path = join(workspace.folder, 'loaded')
    await cp(bundle, path, { recursive: true })
    await deployments.deploy({ bundle: path, name: 'loaded' })
    await estrange(path, { version: 7 })
    await deployments.swap('loaded', { shadow: bundle })
    expect(await uses()).toMatchObject([
      { deployment: 'loaded', version: 1, bundle: path },
      { deployment: 'loaded', version: 1, bundle, role: 'shadow' },
    ])
    await deployments.remove('loaded')
    expect(await uses()).toEqual([])
  })
})

test("a bundle of another catalog's version is deployed without a record", async () => {
  const other = createCatalog({ folder: join(workspace.folder, 'other-catalog') })
  const elsewhere = open(other)
  await elsewhere.deploy({ bundle, name: 'foreign' })
  expect((await other.state('churn')).deployed).toEqual([])
  await elsewhere.remove('foreign')
})

test('a bundle that is deployed from another workspace is noted in the catalog it comes from', async () => {
  const state = join(workspace.folder, 'state')
  const [home, other] = [join(workspace.folder, 'home'), join(workspace.folder, 'shared')]
  await mkdir(home)
  await mkdir(other)
  await writeFile(join(other, 'slipway.json'), JSON.stringify({ catalog: '../team' }))
  await writeFile(join(home, 'slipway.json'), '{ this is no project')
  for (const path of [workspace.folder, home, other]) await createRecentList(state).add(path)
  const own = join(home, '.slipway', 'catalog')
  const neighbours = await neighbourCatalogs(own, state)
  expect(neighbours.map((catalog) => catalog.folder('churn', 1)).sort()).toEqual([
    workspace.catalog.folder('churn', 1),
    join(workspace.folder, 'team', 'churn', '1'),
  ])
  const elsewhere = open(createCatalog({ folder: own }), ...neighbours)
  await elsewhere.deploy({ bundle, name: 'outside' })
  expect(await uses()).toMatchObject([{ deployment: 'outside', version: 1, bundle }])
  await expect(workspace.catalog.remove('churn', 1)).rejects.toMatchObject({ code: 'conflict' })
  await elsewhere.remove('outside')
  expect(await uses()).toEqual([])
})

test('a workspace that was opened too long ago is told all the same, once it has packaged a bundle', async () => {
  const state = join(workspace.folder, 'state-of-many')
  await mkdir(state)
  const packaging = recordPackaging(workspace.bundles, workspace.catalog, () =>
    createPackagingCatalogs(state).add(join(workspace.catalog.folder('churn', 1), '..', '..')),
  )
  await packaging.package({ name: 'churn', version: 1 }, { out: join(workspace.folder, 'out') }, () => {})
  const recent = createRecentList(state)
  await recent.add(workspace.folder)
  for (let i = 0; i < 20; i++) {
    const path = join(workspace.folder, `opened-${i}`)
    await mkdir(path)
    await recent.add(path)
  }
  expect((await recent.list()).map(({ path }) => path)).not.toContain(workspace.folder)
  const neighbours = await neighbourCatalogs(join(workspace.folder, 'opened-0', '.slipway', 'catalog'), state)
  expect(neighbours.map((catalog) => catalog.folder('churn', 1))).toContain(
    workspace.catalog.folder('churn', 1),
  )
})
