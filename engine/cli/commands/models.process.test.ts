/** `slipway models` on a catalog with two models, of which one was trained twice. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogEventSchema } from '../../../shared/catalog/catalog-event.ts'
import { lineageGraphSchema } from '../../../shared/catalog/lineage-graph.ts'
import type { ModelSummary } from '../../../shared/contract/models.ts'
import { serializeNotebook } from '../../../shared/notebook/codec.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { createSigner } from '../../bundles/signing-key.ts'
import { createStoredReports } from '../../bundles/stored-reports.ts'
import { createCatalog } from '../../catalog/create-catalog.ts'
import { openForCommand } from '../../services.ts'
import { parseCommandLine, UsageError } from '../command.ts'
import { models } from './models.ts'

let folder: string
const stateBefore = process.env.SLIPWAY_STATE

const homes = () =>
  `zone,area,price\n${Array.from({ length: 80 }, (_, i) => `${'ab'[i % 2]},${50 + i},${100 + 3 * i}`).join('\n')}\n`

const trains = (id: string, spec: object): Cell => ({
  id,
  kind: 'train',
  name: '',
  source: JSON.stringify({ from: 'homes', split: { seed: 3 }, ...spec }),
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-models-'))
  process.env.SLIPWAY_STATE = join(folder, 'state')
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'slipway.json'), '{}')
  await writeFile(join(folder, 'data', 'homes.csv'), homes())
  const cells: Cell[] = [
    { id: 'homes', kind: 'sql', name: 'homes', source: "select * from 'data/homes.csv'" },
    trains('linear', { target: 'price', model: { kind: 'linear' }, register: 'price' }),
    trains('trees', { target: 'price', model: { kind: 'gbdt', trees: 4 }, register: 'price' }),
    trains('zone', { target: 'zone', model: { kind: 'logistic' }, register: 'zone' }),
  ]
  await writeFile(join(folder, 'homes.ipynb'), serializeNotebook({ cells }))
  const opened = await openForCommand(folder)
  expect((await opened.notebooks.runNotebook('homes.ipynb')).ok).toBe(true)
  await opened.close()
}, 60_000)
afterAll(async () => {
  if (stateBefore === undefined) delete process.env.SLIPWAY_STATE
  else process.env.SLIPWAY_STATE = stateBefore
  await rm(folder, { recursive: true })
})

async function run(...words: string[]): Promise<string> {
  const lines: string[] = []
  const terminal = { out: (text: string) => lines.push(text), log: () => {}, interactive: false }
  const args = parseCommandLine(models, [...words, '--workspace', folder])
  expect(await models.run(args, terminal)).toBe(0)
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

const json = async (...words: string[]) => JSON.parse(await run(...words, '--json'))

/** What `models list` answers, by reference. */
async function listed(...words: string[]): Promise<string[]> {
  const found: ModelSummary[] = await json('list', ...words)
  return found.map(({ name, version }) => `${name}:${version}`)
}

describe('list', () => {
  test('filters by words, tags, taxonomy and a metric, and tells of a limit it cannot read', async () => {
    await run('tag', 'price:1', 'eu', 'gdpr')
    await run('tag', 'zone', 'eu')
    expect(await listed()).toEqual(['price:2', 'price:1', 'zone:1'])
    expect(await listed('--search', 'PRICE gbdt')).toEqual(['price:2'])
    expect(await listed('--tag', 'eu')).toEqual(['price:1', 'zone:1'])
    expect(await listed('--tag', 'eu', '--tag', 'gdpr')).toEqual(['price:1'])
    expect(await listed('--taxonomy', 'regression')).toEqual(['price:2', 'price:1'])
    expect(await listed('--taxonomy', 'logistic')).toEqual(['zone:1'])
    const all: ModelSummary[] = await json('list')
    const rmse = (version: number) =>
      all.find((one) => one.name === 'price' && one.version === version)?.metrics.rmse ?? 0
    expect(rmse(1)).toBeLessThan(rmse(2))
    expect(await listed('--metric', `rmse<${rmse(2)}`)).toEqual(['price:1'])
    await expect(run('list', '--metric', 'beauty>1')).rejects.toThrow(UsageError)
    expect(await run('list', '--search', 'nothing')).toBe('None of the 3 versions fits.')
  })

  test('sorts by age, author and by how good they are, and refuses an order that it does not know', async () => {
    expect(await listed('--sort', 'oldest')).toEqual(['price:1', 'price:2', 'zone:1'])
    expect(await listed('--sort', 'newest')).toEqual(['zone:1', 'price:2', 'price:1'])
    expect(await listed('--sort', 'metric', '--taxonomy', 'regression')).toEqual(['price:1', 'price:2'])
    await expect(run('list', '--sort', 'beauty')).rejects.toThrow(/--sort takes name, newest/)
  })

  test('of stale versions only, each with what changed', async () => {
    expect(await listed('--stale')).toEqual([])
    await writeFile(join(folder, 'data', 'homes.csv'), `${homes()}a,1,1\n`)
    expect(await listed('--stale')).toEqual(['price:2', 'price:1', 'zone:1'])
    expect(await run('list', '--stale')).toMatch(
      /The file data\/homes\.csv changed from \d+ to \d+ bytes, written \d{4}-/,
    )
    await writeFile(join(folder, 'data', 'homes.csv'), homes())
    expect(await listed('--stale')).toEqual([])
  })
})

test('a card is set from a file, shown, and reset to the one that training wrote', async () => {
  const { card: written, edited } = await json('card', 'price:1')
  expect(edited).toBe(false)
  await writeFile(join(folder, 'card.md'), '# Prices\n')
  await run('card', 'price:1', '--set', join(folder, 'card.md'), '--why', 'clearer')
  expect(await json('card', 'price:1')).toMatchObject({ card: '# Prices\n', edited: true })
  expect(await run('show', 'price:1')).toBe('# Prices\n')
  await run('card', 'price:1', '--reset')
  expect(await json('card', 'price:1')).toMatchObject({ card: written, edited: false })
  await expect(run('card', 'price:1', '--set', join(folder, 'none.md'))).rejects.toThrow(/There is no file/)
})

test('metadata is set and read back, and a field keeps what is not named', async () => {
  const { metadata } = await json(
    ...['metadata', 'price:1', '--name', 'Prices', '--freeform', 'team=risk', '--category', 'performance'],
    ...['--set', 'owner=ana', '--describe', 'owner=answers for it'],
  )
  expect(metadata).toMatchObject({ displayName: 'Prices', freeform: { team: 'risk' } })
  const owner = { key: 'owner', value: 'ana', description: 'answers for it', category: 'Performance' }
  expect(metadata.custom).toEqual([owner])
  const custom = async (...words: string[]) => (await json('metadata', 'price:1', ...words)).metadata.custom
  expect(await custom('--set', 'owner=bob')).toEqual([{ ...owner, value: 'bob' }])
  expect(await custom('--describe', 'owner=on call')).toEqual([
    { ...owner, value: 'bob', description: 'on call' },
  ])
  expect(await run('metadata', 'price:1')).toMatch(/Performance +owner +bob +on call/)
  await expect(run('metadata', 'price:1', '--describe', 'site=where')).rejects.toThrow(
    /has no custom field "site" to describe; it has owner/,
  )
  await expect(run('metadata', 'price:1', '--set', 'a=b', '--category', 'x')).rejects.toThrow(UsageError)
  expect(await custom('--unset', 'owner', '--unset-freeform', 'team')).toEqual([])
})

test('what is not there cannot be taken away, and the message has what is', async () => {
  for (const [words, message] of [
    [['untag', 'price:1', 'eu', 'ue'], 'price:1 has no tag "ue"; it has eu, gdpr.'],
    [['metadata', 'zone', '--unset', 'owner'], 'zone:1 has no custom field "owner"; it has none.'],
    [['metadata', 'zone', '--unset-freeform', 'x'], 'zone:1 has no free-form tag "x"; it has none.'],
  ] as const) {
    await expect(run(...words)).rejects.toThrow(message)
  }
})

test('a use case is chosen, and taken back to what follows from the task', async () => {
  const useCase = async (name: string) => {
    await run('metadata', 'price:1', '--use-case', name)
    const [first]: ModelSummary[] = await json('list', '--search', 'price:1')
    return first?.useCaseType
  }
  expect(await useCase('time_series_forecasting')).toBe('time_series_forecasting')
  expect(await useCase('none')).toBe('regression')
  await expect(useCase('beauty')).rejects.toThrow(/or none for what follows from the task; found "beauty"/)
})

test('checks are the reports of what was packaged, one for each target', async () => {
  expect(await json('checks', 'price:1')).toEqual([])
  expect(await run('checks', 'price:1')).toMatch(/price:1 was not packaged yet/)
  const bundle = join(folder, 'bundle')
  await mkdir(bundle)
  await writeFile(join(bundle, 'manifest.json'), '{}')
  const catalog = createCatalog({ folder: join(folder, '.slipway', 'catalog') })
  const reports = createStoredReports(catalog, createSigner(join(folder, '.slipway', 'keys')))
  const check = { name: 'Integrity', status: 'passed' as const, detail: '31 files' }
  const report = { ok: true, path: bundle, bytes: 9, checks: [check] }
  const made = { target: 'any' as const, slipway: '0.1.0' }
  await reports.keep(await reports.write({ name: 'price', version: 1 }, bundle, report, made))
  expect(await json('checks', 'price:1')).toMatchObject([{ target: 'any', ok: true, checks: [check] }])
  expect(await run('checks', 'price:1')).toMatch(
    /^For any, 2.*: verified\n.*\n?.*passed +Integrity +31 files/s,
  )
})

test('lineage leads from the file to the version, as a graph and as lines', async () => {
  const graph = lineageGraphSchema.parse(await json('lineage', 'price:2'))
  expect(graph.edges).toContainEqual({ from: 'file:data/homes.csv', to: 'cell:homes' })
  const lines = (await run('lineage', 'price:2')).split('\n')
  expect(lines[0]).toBe('file data/homes.csv → cell homes')
  expect(lines.at(-1)).toBe('features features → version price v2')
})

test('gates are added, taken away and replaced, with the reason in the history', async () => {
  expect(await json('gates', 'price')).toEqual({ ok: true, name: 'price', gates: [] })
  const { gates } = await json('gates', 'price', '--set', 'rmse<=600', '--set', 'r2 >= champion - 0.01')
  expect(gates).toEqual(['rmse <= 600', 'r2 >= champion - 0.01'])
  expect(await run('gates', 'price', '--unset', 'RMSE<=600')).toBe('r2 >= champion - 0.01')
  await expect(run('gates', 'price', '--unset', 'rmse <= 1')).rejects.toThrow(
    /"price" has no gate rmse <= 1; it has r2 >= champion/,
  )
  await expect(run('gates', 'price', '--set', 'beauty >= 1')).rejects.toThrow(/names the metric beauty/)
  await expect(run('gates', 'prize')).rejects.toThrow(/There is no model "prize"/)
  await run('gates', 'price', '--reset', '--why', 'a trial')
  expect(await run('gates', 'price')).toBe('price has no gates.')
  const last = (await json('history', 'price')).at(-1)
  expect(last).toMatchObject({ why: 'a trial', event: { type: 'gates', gates: [] } })
})

test('the history is what happened, oldest first, with who, when and why', async () => {
  await run('alias', 'price:2', 'champion', '--why', 'steadier')
  await run('alias', '--remove', 'price', 'champion', '--why', 'too soon')
  const events = catalogEventSchema.array().parse(await json('history', 'price'))
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
  expect(events.slice(-2)).toMatchObject([
    { why: 'steadier', event: { type: 'alias', alias: 'champion', version: 2, from: null } },
    { why: 'too soon', event: { type: 'alias', alias: 'champion', version: null, from: 2 } },
  ])
  expect(events.at(-1)?.by).toMatch(/@/)
  expect(await run('history', 'price@champion')).toMatch(/@champion removed from version 2 +too soon/)
})

test('a report holds curves, slices, importance and SHAP values as one JSON document', async () => {
  const report = await json('report', 'price:2')
  expect(report).toMatchObject({ name: 'price', version: 2, target: 'price', kind: 'gbdt' })
  expect(report.evaluation).toMatchObject({ report: { task: 'regression' }, trees: true })
  const columns = ['area', 'zone']
  const names = (of: { column: string }[]) => of.map(({ column }) => column).sort()
  expect(names(report.importance.permutation)).toEqual(columns)
  expect(names(report.slices)).toEqual(columns)
  expect(names(report.dependence)).toEqual(columns)
  expect(names(report.shap[0].columns)).toEqual(columns)
  const text = await run('report', 'price:2')
  expect(text).toMatch(/^price:2 on \d+ held-out rows\n/)
  expect(text).toMatch(/rmse worse by, when shuffled +mean size of SHAP values, price/)
  const linear = await json('report', 'price:1')
  expect([linear.evaluation.trees, linear.shap]).toEqual([false, []])
})

test('a damaged version is named on standard error, the others are listed, and it can be deleted', async () => {
  const record = join(folder, '.slipway', 'catalog', 'zone', '1', 'version.json')
  await writeFile(record, '{')
  const told: string[] = []
  const out: string[] = []
  const terminal = {
    out: (text: string) => out.push(text),
    log: (text: string) => told.push(text),
    interactive: false,
  }
  const words = ['--json', '--workspace', folder]
  expect(await models.run(parseCommandLine(models, words), terminal)).toBe(0)
  const all: ModelSummary[] = JSON.parse(out.join(''))
  expect(all.map(({ name, version }) => `${name}:${version}`)).toEqual(['price:2', 'price:1'])
  expect(told.join('')).toMatch(/^Not listed: model zone version 1.*\n.*slipway models delete zone:1\.\n$/)
  await expect(run('zone:1')).rejects.toThrow('model zone version 1')
  await run('delete', 'zone:1')
  expect(await run('list')).not.toContain('zone')
})
