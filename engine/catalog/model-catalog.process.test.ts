import { appendFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serializeNotebook } from '../../shared/notebook/codec.ts'
import type { Cell } from '../../shared/notebook/notebook.ts'
import { type OpenWorkspace, openServices } from '../open-workspace.ts'
import { createWorkspaces } from '../workspace/workspaces.ts'
import { createStaleness } from './staleness.ts'

let folder: string
let opened: OpenWorkspace
const ref = { name: 'price', version: 1 }
const notebook = 'price.ipynb'

const cells: Cell[] = [
  { id: 'raw', kind: 'sql', name: 'raw', source: "-- don't cache\nselect * from 'data/homes.csv'" },
  {
    id: 'features',
    kind: 'sql',
    name: 'features',
    source: 'select raw.*, zones.fee from raw join zones using (zone)',
  },
  { id: 'other', kind: 'sql', name: 'other', source: 'select 1 as one' },
  {
    id: 'train',
    kind: 'train',
    name: '',
    source: JSON.stringify({
      from: 'features',
      target: 'price',
      model: { kind: 'linear' },
      register: 'price',
    }),
  },
]

const homes = () =>
  `zone,area,price\n${Array.from({ length: 60 }, (_, i) => `${'ab'[i % 2]},${50 + i},${100 + 3 * i}`).join('\n')}\n`

async function edit(id: string, source: string): Promise<void> {
  const changed = cells.map((cell) => (cell.id === id ? { ...cell, source } : cell))
  await writeFile(join(folder, notebook), serializeNotebook({ cells: changed }))
}

async function sql(statement: string): Promise<void> {
  const session = await opened.database.session()
  await session.run(statement)
  session.close()
  opened.models.forgetTables()
}

const stale = async () => {
  // Files are looked at again after a moment.
  await new Promise((resolve) => setTimeout(resolve, 410))
  const version = (await opened.models.list()).find((one) => one.version === 1)
  expect(version?.staleUnknown).toBeNull()
  // When a file was written is told to the minute.
  return version?.stale?.replace(/written \d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'written now') ?? null
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-lineage-'))
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'slipway.json'), JSON.stringify({ catalog: 'team/models' }))
  await writeFile(join(folder, 'data', 'homes.csv'), homes())
  await writeFile(join(folder, notebook), serializeNotebook({ cells }))
  const workspaces = createWorkspaces({ resourcesFolder: folder, stateFolder: join(folder, 'state') })
  opened = openServices(await workspaces.open(folder))
  await sql("create table zones as select * from (values ('a', 1.5), ('b', 2.5)) as z(zone, fee)")
  const report = await opened.notebooks.runNotebook(notebook)
  expect(report.ok).toBe(true)
}, 60_000)
afterAll(async () => {
  await opened.close()
  await rm(folder, { recursive: true })
})

test('the catalog lies where slipway.json says', async () => {
  expect(opened.catalog.folder('price', 1)).toBe(join(folder, 'team', 'models', 'price', '1'))
})

test('a version knows the cells, files and tables it was made from, and nothing else', async () => {
  const { record } = await opened.models.get(ref)
  const { sources } = record.provenance
  expect(sources?.cells.map(({ id, upstream, files, tables }) => [id, upstream, files, tables])).toEqual([
    ['raw', [], ['data/homes.csv'], []],
    ['features', ['raw'], [], ['zones']],
    ['train', ['features'], [], []],
  ])
  expect(sources?.files).toMatchObject([
    { path: 'data/homes.csv', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ])
  expect(sources?.tables).toMatchObject([{ relation: 'zones', rows: 2 }])
})

test('its lineage leads from files and tables through features to the version', async () => {
  const { edges } = await opened.models.lineage(ref)
  expect(edges.map(({ from, to }) => `${from} > ${to}`)).toEqual([
    'file:data/homes.csv > cell:raw',
    'table:zones > cell:features',
    'cell:raw > cell:features',
    'cell:features > relation:features',
    'relation:features > features:price:1',
    'features:price:1 > version:price:1',
  ])
})

test('lineage goes on to bundles and to deployments', async () => {
  const bundle = join(folder, 'bundle')
  await opened.catalog.record('price', { type: 'packaged', version: 1, path: bundle, target: 'any' })
  const place = { version: 1, deployment: 'live', workspace: folder }
  await opened.catalog.record('price', { type: 'deployed', ...place, bundle, endpoint: 'http://127.0.0.1:1' })
  const { edges } = await opened.models.lineage(ref)
  expect(edges.slice(-2)).toEqual([
    { from: 'version:price:1', to: `bundle:${bundle}` },
    { from: `bundle:${bundle}`, to: `deployment:${folder}/live` },
  ])
  await opened.catalog.record('price', { type: 'undeployed', ...place })
})

test('a version is stale once a file, table or cell before it changed, and says which', async () => {
  expect(await stale()).toBeNull()
  await edit('other', 'select 2 as one')
  expect(await stale()).toBeNull()
  await edit('features', 'select raw.*, 1 as fee from raw')
  expect(await stale()).toBe('The sql cell "features" was edited.')
  await edit('other', 'select 3 as one')

  const data = join(folder, 'data', 'homes.csv')
  await utimes(data, new Date(), new Date())
  expect(await stale()).toBeNull()
  await appendFile(data, 'a,200,700\n')
  const bytes = homes().length
  expect(await stale()).toBe(
    `The file data/homes.csv changed from ${bytes} to ${bytes + 10} bytes, written now.`,
  )
  await writeFile(data, homes().replace('100', '101'))
  expect(await stale()).toBe(`The file data/homes.csv changed within the same ${bytes} bytes, written now.`)
  await rm(data)
  expect(await stale()).toBe('The file data/homes.csv is not there any more.')
  await writeFile(data, homes())
  expect(await stale()).toBeNull()

  await sql("update zones set fee = 9 where zone = 'a'")
  expect(await stale()).toBe('The table zones changed: other values in 2 rows, as many as before.')
  await sql("insert into zones values ('c', 1)")
  expect(await stale()).toBe('The table zones changed from 2 to 3 rows.')
  await sql("delete from zones where zone = 'c'")
  await sql("update zones set fee = 1.5 where zone = 'a'")
  expect(await stale()).toBeNull()
}, 20_000)

test('a table that became a view which cannot be read is not said to be gone', async () => {
  await sql('alter table zones rename to kept')
  expect(await stale()).toBe('The table zones is not there any more.')
  await sql('create table under as from kept')
  await sql('create view zones as from under')
  expect(await stale()).toBeNull()
  await sql('drop table under')
  expect(await stale()).toMatch(/^The table zones cannot be read any more \(.*under/)
  await sql('drop view zones')
  await sql('alter table kept rename to zones')
  expect(await stale()).toBeNull()
}, 20_000)

test('another workspace that shares the catalog says where a version was made, and does not call it stale', async () => {
  const other = await mkdtemp(join(tmpdir(), 'slipway-other-'))
  await writeFile(
    join(other, 'slipway.json'),
    JSON.stringify({ catalog: join(folder, 'team', 'models'), name: 'other' }),
  )
  const workspaces = createWorkspaces({ resourcesFolder: other, stateFolder: join(other, 'state') })
  const elsewhere = openServices(await workspaces.open(other))
  const mine = opened.workspace
  const { record } = await elsewhere.catalog.get('price', 1)
  expect(record.provenance.workspace).toEqual({ id: mine.id, name: mine.name })
  expect(await elsewhere.models.get(ref)).toMatchObject({
    stale: null,
    staleUnknown: `Made in another workspace, “${mine.name}”: whether its sources changed cannot be told here.`,
  })
  // A version made before workspaces were recorded is looked up where it is asked for, as it was then.
  const { workspace: _unrecorded, ...provenance } = record.provenance
  const plain = { ...record, provenance }
  const looked = createStaleness({
    workspaceFolder: other,
    workspaceId: elsewhere.workspace.id,
    fingerprint: async () => ({ kind: 'not now' }),
  })
  expect(await looked(plain)).toMatchObject({
    kind: 'stale',
    says: expect.stringContaining('data/homes.csv is not there any more'),
  })
  await elsewhere.close()
  await rm(other, { recursive: true })
})

test('a table that cannot be looked at now is said to be unknown, not unchanged', async () => {
  const { record } = await opened.catalog.get('price', 1)
  const looked = createStaleness({
    workspaceFolder: folder,
    workspaceId: opened.workspace.id,
    fingerprint: async () => ({ kind: 'not now' }),
  })
  expect(await looked(record)).toMatchObject({
    kind: 'unknown',
    says: expect.stringMatching(/^Whether the table zones changed cannot be told now/),
  })
})

test('cells are stale with the reason when a file that a cell reads changed', async () => {
  await opened.notebooks.runNotebook(notebook)
  const states = async () =>
    Object.fromEntries(
      (await opened.notebooks.open(notebook)).cells.map(({ cell, state }) => [
        cell.id,
        [state.status, state.reason],
      ]),
    )
  expect((await states()).train).toEqual(['done', ''])
  await appendFile(join(folder, 'data', 'homes.csv'), 'b,10,10\n')
  const reason = 'data/homes.csv changed after the cell ran.'
  expect(await states()).toEqual({
    raw: ['stale', reason],
    features: ['stale', reason],
    other: ['done', ''],
    train: ['stale', reason],
  })
}, 30_000)

test('introspection runs the model, and its results are kept', async () => {
  const tests = await opened.models.introspect(ref, false)
  expect(tests.map(({ status }) => status)).toEqual([...Array<string>(7).fill('Passed'), 'Not Tested'])
  const detail = await opened.models.get(ref)
  expect(detail.tests).toEqual(tests)
  expect(JSON.parse(detail.oci.taxonomy.ArtifactTestResults)).toMatchObject({
    'Recorded rows are predicted as in training': 'Passed',
    'Bundle boots and replays the recorded rows': 'Not Tested',
  })
  expect(detail.oci.taxonomy).toMatchObject({ UseCaseType: 'regression', Algorithm: 'linear regression' })
})

test('introspection of a changed model fails by name and goes on', async () => {
  const examples = join(opened.catalog.folder('price', 2), 'examples.json')
  const before = await readFile(examples, 'utf8')
  const changed = JSON.parse(before)
  changed.predictions[0] += 1
  await writeFile(examples, JSON.stringify(changed))
  const tests = await opened.models.introspect({ name: 'price', version: 2 }, false)
  expect(tests.filter(({ status }) => status === 'Failed').map(({ name }) => name)).toEqual([
    'Files match their hashes',
    'Recorded rows are predicted as in training',
  ])
  const damaged = (await opened.models.get({ name: 'price', version: 2 })).artifacts
  expect(damaged.filter(({ problem }) => problem !== null).map(({ path }) => path)).toEqual(['examples.json'])
  await writeFile(join(opened.catalog.folder('price', 2), 'model/model.json'), '{}')
  const broken = await opened.models.introspect({ name: 'price', version: 2 }, false)
  expect(broken.map(({ status }) => status).slice(3)).toEqual([
    'Failed',
    'Not Tested',
    'Not Tested',
    'Not Tested',
    'Not Tested',
  ])
  await writeFile(examples, before)
})

test('two versions are compared in every part', async () => {
  const { diff } = await opened.models.diff(ref, { name: 'price', version: 2 })
  expect(diff.spec).toEqual([])
  expect(diff.provenance.map(({ path }) => path)).toContain('notebookHash')
})
