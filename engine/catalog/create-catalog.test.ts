import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCatalog } from './create-catalog.ts'
import { trainedModel as trained } from './testing/trained-model.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-catalog-'))
})
afterEach(() => rm(folder, { recursive: true }))

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

test('a damaged version file is named, and is to be restored rather than mended', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  const home = catalog.folder('churn', 1)
  const file = join(home, 'version.json')
  const whatToDo = `Restore the folder ${home} from a copy, or delete the version: slipway models delete churn:1.`
  const record = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...record, version: 'one' }))
  await expect(catalog.get('churn', 1)).rejects.toMatchObject({
    message: 'model churn version 1: version: expected a number, found "one".',
    whatToDo,
  })
  await writeFile(file, '{"format":1')
  await expect(catalog.get('churn', 1)).rejects.toMatchObject({
    message: expect.stringContaining('model churn version 1 is not JSON'),
    whatToDo,
  })
})

test('a version whose record was deleted is named, with its folder', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await rm(join(catalog.folder('churn', 1), 'version.json'))
  await expect(catalog.get('churn', 1)).rejects.toMatchObject({
    code: 'integrity',
    message: 'The model churn version 1 has no version.json.',
    whatToDo: expect.stringContaining(catalog.folder('churn', 1)),
  })
})

test('an alias move is recorded with who, when and why', async () => {
  const now = () => Date.UTC(2026, 0, 1)
  const catalog = createCatalog({ folder, author: 'ada@lab', now })
  await catalog.register(trained('churn'))
  await catalog.register(trained('churn'))
  await catalog.setAlias('churn', 'champion', 1, 'first one')
  await catalog.setAlias('churn', 'champion', 1)
  await catalog.setAlias('churn', 'champion', 2, 'better recall')
  await catalog.setAlias('churn', 'champion', null)
  const at = '2026-01-01T00:00:00.000Z'
  const move = { format: 1, at, by: 'ada@lab' }
  const event = { type: 'alias', alias: 'champion' }
  expect(await catalog.history('churn')).toEqual([
    { ...move, sequence: 1, why: 'first one', event: { ...event, from: null, version: 1 } },
    { ...move, sequence: 2, why: 'better recall', event: { ...event, from: 1, version: 2 } },
    { ...move, sequence: 3, why: '', event: { ...event, from: 2, version: null } },
  ])
})

test('metadata is edited beside the version, which stays as it was registered', async () => {
  const catalog = createCatalog({ folder })
  const { digest } = await catalog.register(trained('churn'))
  const field = { key: 'owner', value: 'risk team', description: '', category: 'Other' as const }
  await catalog.edit('churn', 1, { displayName: 'Churn', addTags: ['b', 'a'], setCustom: [field] })
  await catalog.edit('churn', 1, { card: '# Mine', removeTags: ['b'], setFreeform: { cost: '7' } })
  const reopened = await createCatalog({ folder }).get('churn', 1)
  expect(reopened.metadata).toMatchObject({
    displayName: 'Churn',
    tags: ['a'],
    custom: [field],
    card: '# Mine',
    freeform: { cost: '7' },
  })
  expect(reopened.record.digest).toBe(digest)
  await catalog.verify('churn', 1)
})

test('metadata that is not of its form is refused, naming the field', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await expect(catalog.edit('churn', 1, { addTags: [''] })).rejects.toThrow(
    'The metadata of churn version 1: addTags[0]: a tag is 1 to 64',
  )
  await expect(catalog.edit('churn', 2, { displayName: 'x' })).rejects.toThrow('has no version 2')
  expect(await catalog.history('churn')).toEqual([])
})

test('a flipped byte, a missing and an added file are named', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  const weights = join(catalog.folder('churn', 1), 'model/weights.bin')
  await catalog.verify('churn', 1)
  await writeFile(weights, new Uint8Array([1, 2, 7]))
  await expect(catalog.verify('churn', 1)).rejects.toMatchObject({
    code: 'integrity',
    message: expect.stringContaining('The file model/weights.bin of churn version 1 was changed'),
  })
  await writeFile(weights, new Uint8Array([1, 2]))
  await expect(catalog.verify('churn', 1)).rejects.toThrow('has 2 bytes; 3 were registered')
  await rm(weights)
  await expect(catalog.verify('churn', 1)).rejects.toThrow('model/weights.bin of churn version 1 is missing')
  await writeFile(weights, new Uint8Array([1, 2, 3]))
  await writeFile(join(catalog.folder('churn', 1), 'extra'), '')
  await expect(catalog.verify('churn', 1)).rejects.toThrow('The file extra of churn version 1 was added')
})

test('a record edited by hand does not fit its digest', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  const path = join(catalog.folder('churn', 1), 'version.json')
  await writeFile(path, (await readFile(path, 'utf8')).replace('0.8', '0.9'))
  await expect(catalog.verify('churn', 1)).rejects.toThrow('version.json of churn version 1 was changed')
})

test('a deleted version is gone, its files too, and its number is not given again', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await catalog.register(trained('churn'))
  await catalog.remove('churn', 2, 'leaked target')
  expect((await catalog.list()).map(({ record }) => record.version)).toEqual([1])
  expect(await readdir(catalog.folder('churn', 2))).toEqual(['deleted.json'])
  await expect(catalog.get('churn', 2)).rejects.toMatchObject({
    message: 'Version 2 of "churn" was deleted; there is 1.',
    whatToDo: 'slipway models history churn says who deleted it and why.',
  })
  await expect(catalog.setAlias('churn', 'champion', 2)).rejects.toThrow('was deleted')
  expect((await catalog.register(trained('churn'))).version).toBe(3)
  expect((await createCatalog({ folder }).history('churn')).at(-1)).toMatchObject({
    why: 'leaked target',
    event: { type: 'deleted', version: 2 },
  })
})

test('a version that lacks columns of the one before it says so; one that adds some, or follows a deletion, does not', async () => {
  const catalog = createCatalog({ folder })
  const withColumns = (...names: string[]) => {
    const model = trained('churn')
    const inputs = names.map((name) => ({ name, type: 'numeric' as const, required: true, missing: false }))
    const signature = {
      ...model.record.signature,
      inputs: inputs.map((i) => ({ ...i, sourceType: 'DOUBLE' })),
    }
    return catalog.register({ ...model, record: { ...model.record, signature } })
  }
  expect((await withColumns('tenure', 'plan', 'spend')).warnings).toBeUndefined()
  expect((await withColumns('tenure', 'plan', 'spend', 'region')).warnings).toBeUndefined()
  const [gone, ...others] = (await withColumns('plan', 'spend')).warnings ?? []
  expect(others).toEqual([])
  expect(gone).toMatchObject({
    kind: 'columns-gone',
    message: 'Version 2 reads the columns "tenure", "region"; this one does not.',
    whatToDo: expect.stringContaining('select them in features again'),
  })
  expect((await withColumns('spend')).warnings).toMatchObject([{ column: 'plan' }])
  await catalog.remove('churn', 4)
  await catalog.remove('churn', 3)
  expect((await withColumns('tenure', 'plan', 'spend', 'region')).warnings).toBeUndefined()
})

test('a change on a full disk is refused and leaves the history as it was', async () => {
  const full = async () => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  }
  await createCatalog({ folder }).register(trained('churn'))
  const catalog = createCatalog({ folder, write: full })
  await expect(catalog.setAlias('churn', 'champion', 1)).rejects.toMatchObject({ code: 'disk-full' })
  await expect(catalog.edit('churn', 1, { addTags: ['x'] })).rejects.toMatchObject({ code: 'disk-full' })
  expect(await catalog.history('churn')).toEqual([])
  expect((await readdir(join(folder, 'churn'))).sort()).toEqual(['1', 'log'])
})

test('what is damaged is named with what to do, and keeps nothing else from being listed or its number from being given', async () => {
  const catalog = createCatalog({ folder })
  for (const name of ['churn', 'churn', 'churn', 'gap', 'price', 'torn'])
    await catalog.register(trained(name))
  await writeFile(join(folder, 'churn', '2', 'version.json'), '{"format": 1, "na')
  await rm(join(folder, 'churn', '1', 'version.json'))
  for (const name of ['gap', 'torn']) {
    for (const tag of ['a', 'b', 'c']) await catalog.edit(name, 1, { addTags: [tag] })
  }
  await rm(join(folder, 'gap', 'log', '00000002'), { recursive: true })
  await writeFile(join(folder, 'torn', 'log', '00000003', 'event.json'), '')

  const fresh = createCatalog({ folder })
  expect((await fresh.list()).map(({ record }) => `${record.name}:${record.version}`)).toEqual([
    'churn:3',
    'price:1',
  ])
  expect(await fresh.damaged()).toMatchObject([
    {
      name: 'churn',
      version: 2,
      problem: expect.stringContaining('model churn version 2'),
      whatToDo: `Restore the folder ${join(folder, 'churn', '2')} from a copy, or delete the version: slipway models delete churn:2.`,
    },
    { name: 'churn', version: 1, problem: 'The model churn version 1 has no version.json.' },
    {
      name: 'gap',
      version: null,
      problem: 'The history of the model gap is damaged: event 2 of 3 is missing.',
      whatToDo: `Restore the folder ${join(folder, 'gap', 'log', '00000002')} from a copy.`,
    },
    { name: 'torn', version: null, problem: expect.stringContaining('event 3 of the model torn') },
  ])

  await expect(fresh.get('churn', 2)).rejects.toThrow('model churn version 2')
  await expect(fresh.get('gap', 1)).rejects.toThrow('event 2 of 3 is missing')
  await expect(fresh.edit('torn', 1, { addTags: ['d'] })).rejects.toThrow('event 3 of the model torn')
  expect((await fresh.register(trained('churn'))).version).toBe(4)
  expect(await readdir(join(folder, 'gap', 'log'))).toEqual(['00000001', '00000003'])

  await fresh.remove('churn', 2)
  expect((await fresh.damaged()).filter(({ name }) => name === 'churn')).toMatchObject([{ version: 1 }])
})

test('the number of a version whose folder is gone is not given again', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('churn'))
  await catalog.register(trained('churn'))
  await catalog.setAlias('churn', 'champion', 2)
  await rm(join(folder, 'churn', '2'), { recursive: true })
  expect((await catalog.register(trained('churn'))).version).toBe(3)
})

test('a new name that another system could not tell apart or have is refused; one that is there stays usable', async () => {
  const catalog = createCatalog({ folder })
  await catalog.register(trained('Churn'))
  await expect(catalog.register(trained('churn'))).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('"churn" differs from "Churn"'),
  })
  await expect(catalog.register(trained('NUL'))).rejects.toThrow('"NUL" is a name that Windows keeps')
  expect(await readdir(folder)).toEqual(['Churn'])
  await mkdir(join(folder, 'churn'))
  await mkdir(join(folder, 'NUL'))
  for (const name of ['churn', 'NUL']) expect((await catalog.register(trained(name))).version).toBe(1)
})
