import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findDamage } from './content-digest.ts'
import { createCatalog } from './create-catalog.ts'
import { trainedModel } from './testing/trained-model.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-shared-'))
})
afterEach(() => rm(folder, { recursive: true }))

interface Acknowledged {
  type: 'registered' | 'alias' | 'tag'
  version: number
  author: string
  i: number
  why: string
  tag: string
}

const writer = join(import.meta.dirname, 'testing', 'catalog-writer.ts')

/** Starts a workbench and kills it, without a warning, after so many acknowledged changes (null: lets it end). */
async function workbench(author: string, killAfter: number | null): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', writer, folder, author], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: Acknowledged[] = []
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    acknowledged.push(...lines.map((line) => JSON.parse(line) as Acknowledged))
    // A moment later it is in the middle of its next change.
    if (killAfter !== null && acknowledged.length >= killAfter)
      setTimeout(() => child.kill('SIGKILL'), killAfter % 4)
  })
  await new Promise((resolve) => child.once('close', resolve))
  return acknowledged
}

test('workbenches that share a folder, some killed in mid-change, lose and mix nothing', async () => {
  await createCatalog({ folder }).register(trainedModel('shared'))
  const kills = [3, 7, 10, 14, 18, 25]
  const acknowledged = (
    await Promise.all([
      ...[0, 1, 2].map(async (lane) => [
        ...(await workbench(`killed-${lane}a`, kills[lane * 2] ?? 5)),
        ...(await workbench(`killed-${lane}b`, kills[lane * 2 + 1] ?? 5)),
      ]),
      workbench('whole', null),
    ])
  ).flat()
  const registered = acknowledged.filter(({ type }) => type === 'registered')
  expect(registered.filter(({ author }) => author === 'whole')).toHaveLength(25)
  expect(new Set(registered.map(({ version }) => version)).size).toBe(registered.length)

  const catalog = createCatalog({ folder })
  const versions = (await catalog.list()).map(({ record }) => record)
  for (const record of versions)
    expect(await findDamage(catalog.folder('shared', record.version))).toEqual([])
  const byNumber = new Map(versions.map((record) => [record.version, record]))
  for (const { version, author, i } of registered) {
    expect(byNumber.get(version)).toMatchObject({ author, metrics: { accuracy: i } })
    const weights = await readFile(join(catalog.folder('shared', version), 'model/weights.bin'), 'utf8')
    expect(weights).toBe(`${author} ${i} `.repeat(2000))
  }

  const history = await catalog.history('shared')
  expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, i) => i + 1))
  const moves = history.filter(({ event }) => event.type === 'alias')
  const reasons = new Set(moves.map(({ why }) => why))
  for (const { why } of acknowledged.filter(({ type }) => type === 'alias')) expect(reasons).toContain(why)
  // Each move starts where the one before it ended: none was made on a state that was already past.
  let champion: number | null = null
  for (const { event } of moves) {
    if (event.type !== 'alias') continue
    expect(event.from).toBe(champion)
    champion = event.version
  }
  expect((await catalog.aliases('shared')).champion).toBe(champion)
  const { tags } = (await catalog.get('shared', 1)).metadata
  for (const { tag } of acknowledged.filter(({ type }) => type === 'tag')) expect(tags).toContain(tag)
}, 60_000)

test('what killed workbenches left half-made is swept by a later registration', async () => {
  await createCatalog({ folder }).register(trainedModel('shared'))
  await workbench('killed', 2)
  const later = createCatalog({ folder, now: () => Date.now() + 7_200_000 })
  await later.register(trainedModel('shared'))
  expect((await readdir(join(folder, 'shared'))).filter((entry) => entry.startsWith('.'))).toEqual([])
})

test('a deletion and an alias that meet never leave an alias without its version', async () => {
  const one = createCatalog({ folder, author: 'one' })
  const other = createCatalog({ folder, author: 'other' })
  for (let version = 1; version <= 6; version += 1) {
    await one.register(trainedModel('shared'))
    const outcomes = await Promise.allSettled([
      one.remove('shared', version),
      other.setAlias('shared', `a${version}`, version),
    ])
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    const points = (await one.aliases('shared'))[`a${version}`] === version
    const there = (await other.list()).some(({ record }) => record.version === version)
    expect(points).toBe(there)
  }
})
