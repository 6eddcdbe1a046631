import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { VersionRef } from '../../shared/contract/models.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { createCatalog } from '../catalog/create-catalog.ts'
import { createTasks } from '../tasks.ts'
import {
  forChurn,
  forSpend,
  forTier,
  openTrainingBench,
  type TrainingBench,
} from '../training/testing/training-bench.ts'
import { createEvaluation } from './create-evaluation.ts'
import type { Evaluation } from './evaluation.ts'
import { measureForGates } from './measure-for-gates.ts'

let bench: TrainingBench
let folder = ''
let catalog: Catalog
let evaluation: Evaluation
let trees: VersionRef
let deeper: VersionRef
let narrow: VersionRef
let reseeded: VersionRef
let tier: VersionRef
/** As `trees`, but imported: its rows were given. */
let foreign: VersionRef
/** A time and a text among three features, so that a whole report takes few threads. */
let notes: VersionRef
const never = new AbortController().signal
const tasks = createTasks()

async function register(spec: object): Promise<VersionRef> {
  const { name, version } = await catalog.register(await bench.train(spec))
  return { name, version }
}

beforeAll(async () => {
  bench = await openTrainingBench()
  folder = await mkdtemp(join(tmpdir(), 'slipway-evaluation-'))
  catalog = createCatalog({ folder: join(folder, 'catalog') })
  const reportScript = join(folder, 'report.js')
  await writeFile(reportScript, 'document.title = "</script>"')
  evaluation = createEvaluation({
    database: bench.database,
    catalog,
    tasks,
    folder: join(folder, 'evaluations'),
    reportScript,
  })
  const few = { ...forChurn, model: { kind: 'gbdt', trees: 8 } }
  trees = await register(few)
  deeper = await register({ ...few, model: { kind: 'gbdt', trees: 8, maxDepth: 2 } })
  reseeded = await register({ ...few, split: { test: 0.02, seed: 99 } })
  const twin = await bench.train({ ...few, register: 'given' })
  const imported = {
    format: 'xgboost',
    file: 'm.json',
    sha256: '',
    producer: 'XGBoost',
    rows: 'given',
  } as const
  const provenance = { ...twin.record.provenance, imported }
  const { name, version } = await catalog.register({ ...twin, record: { ...twin.record, provenance } })
  foreign = { name, version }
  narrow = await register({ ...few, from: 'customers', features: { include: ['spend'] }, split: { seed: 5 } })
  tier = await register({ ...forTier, model: { kind: 'gbdt', trees: 4 } })
  await bench.sql(
    `create table notes as select churned, tenure, joined, repeat('said ' || i % 97 || ' times ', 1 + i % 3) as note
     from (select *, row_number() over (order by id) as i from customers)`,
  )
  notes = await register({
    from: 'notes',
    target: 'churned',
    features: { columns: { note: { type: 'text', width: 8 } } },
    register: 'notes',
    model: { kind: 'gbdt', trees: 3 },
  })
}, 120_000)

afterAll(async () => {
  await bench.close()
  await rm(folder, { recursive: true, force: true })
})

test('gates measure both versions on the rows that both held out', async () => {
  const measure = measureForGates({ catalog, evaluation })
  const alone = await measure(deeper, null)
  expect(alone).toMatchObject({
    own: (await catalog.get(deeper.name, deeper.version)).record.metrics,
    champion: null,
  })
  const compared = await measure(deeper, trees.version)
  // The two were split alike, so each keeps the figures that it had on its own.
  expect(compared.champion?.version).toBe(trees.version)
  expect(compared.own.auc).toBeCloseTo(alone.own.auc ?? 0, 12)
  const { metrics } = (await catalog.get(trees.name, trees.version)).record
  expect(compared.champion?.metrics.auc).toBeCloseTo(metrics.auc ?? 0, 12)
})

describe('slices', () => {
  test('by a category, whose rows and accuracy add up to all of them', async () => {
    const { overall, slices } = await evaluation.slices(trees, 'plan', never)
    expect(slices.map((slice) => slice.label).sort()).toEqual(['missing', 'month', 'two years', 'year'])
    expect(slices.reduce((rows, slice) => rows + slice.rows, 0)).toBe(overall.rows)
    const right = slices.reduce((sum, slice) => sum + slice.rows * (slice.metrics.accuracy?.value ?? 0), 0)
    expect(right / overall.rows).toBeCloseTo(overall.metrics.accuracy?.value ?? 0, 12)
    const accuracy = overall.metrics.accuracy
    expect(accuracy?.low).toBeLessThanOrEqual(accuracy?.value ?? 0)
    expect(accuracy?.high).toBeGreaterThanOrEqual(accuracy?.value ?? 1)
  })

  test('by a column that the model does not read, a truth value and a time', async () => {
    const labels = async (column: string) =>
      (await evaluation.slices(trees, column, never)).slices.map((slice) => slice.label)
    expect((await labels('tier')).sort()).toEqual(['high', 'low', 'middle'])
    expect((await labels('vip')).sort()).toEqual(['false', 'true'])
    const times = await labels('joined')
    expect(times.length).toBe(8)
    expect(times[0]).toMatch(/^2024-01-\d\d to 2024-\d\d-\d\d$/)
    expect(await labels('label')).toContain('other')
  })

  test('by times and texts that the model reads: by spans of days, and by how many words a text has', async () => {
    const labels = async (column: string) =>
      (await evaluation.slices(notes, column, never)).slices.map((slice) => slice.label)
    expect((await labels('joined'))[0]).toMatch(/^2024-01-\d\d to 2024-\d\d-\d\d$/)
    expect(await labels('note')).toEqual(expect.arrayContaining(['2 words', '3 words', '9 words']))
  })

  test('a column that is not there is refused with those that are', async () => {
    await expect(evaluation.slices(trees, 'plann', never)).rejects.toThrow(
      /bench version 1 has no column "plann"; it has tenure, plan/,
    )
  })
})

test('importance goes through the columns of a request, and tells the trees’ own beside', async () => {
  const { permutation, trees: gains, rows, metric } = await evaluation.importance(trees, never)
  expect([rows, metric]).toEqual([100, 'auc'])
  expect(permutation[0]?.column).toBe('tenure')
  expect(permutation.map(({ column }) => column).sort()).toEqual(['plan', 'region', 'score', 'tenure', 'vip'])
  expect(gains?.[0]?.gain).toBeGreaterThan(0)
})

test('dependence on a number and on a category', async () => {
  const tenure = await evaluation.dependence(trees, 'tenure', never)
  expect(tenure.outputs).toEqual(['true'])
  expect(tenure.average[0]?.[0]).toBeGreaterThan(tenure.average[0]?.at(-1) ?? 1)
  expect(tenure.individual.length).toBe(30)
  const plan = await evaluation.dependence(trees, 'plan', never)
  expect(plan.grid).toEqual(expect.arrayContaining(['month', 'year', 'two years']))
  expect((await evaluation.dependence(tier, 'tenure', never)).average.length).toBe(3)
  expect([tenure.time, (await evaluation.dependence(notes, 'joined', never)).time]).toEqual([false, true])
  await expect(evaluation.dependence(notes, 'note', never)).rejects.toThrow(
    /Column "note" of notes version 1 is a text, which has no values to vary/,
  )
})

test('SHAP values of a row, whose whole numbers read as such, and the base add up to its margin, whose link is its kept score', async () => {
  const [found] = await evaluation.explain(trees, [3], never)
  if (!found) throw new Error('One row was asked for.')
  const session = await bench.database.session()
  const path = join(catalog.folder(trees.name, trees.version), 'holdout.parquet')
  const [row] = await session.rows(`select * from '${path}' limit 1 offset 3`)
  session.close()
  expect(1 / (1 + Math.exp(-found.margin))).toBeCloseTo(Number(row?.slipway_score_0), 5)
  expect(found.values.tenure).toBe(row?.tenure === null ? null : String(Number(row?.tenure)))
  const summary = await evaluation.shap(trees, 0, never)
  expect(summary.columns[0]?.column).toBe('tenure')
  expect(summary.rows).toBe(100)
  await expect(evaluation.explain(trees, [100], never)).rejects.toThrow(
    /Row 100 is not among the 100 kept rows/,
  )
})

test('of several classes each has SHAP values of its own, and a row is explained for the class it is predicted as', async () => {
  const outputs = await Promise.all([0, 1, 2].map((output) => evaluation.shap(tier, output, never)))
  expect(outputs.map(({ output }) => output)).toEqual(['high', 'low', 'middle'])
  const rows = await evaluation.explain(tier, [7, 2, 5], never)
  expect(rows.map(({ row }) => row)).toEqual([7, 2, 5])
  for (const { row, prediction, output, contributions } of rows) {
    expect(output).toBe(prediction)
    const summary = outputs.find((one) => one.output === output)
    const tenure = summary?.columns.find(({ column }) => column === 'tenure')?.values[row]
    expect(contributions.find(({ column }) => column === 'tenure')?.value).toBeCloseTo(
      tenure ?? Number.NaN,
      2,
    )
  }
  await expect(evaluation.shap(tier, 3, never)).rejects.toThrow(/has no class at place 3; it has 3/)
})

describe('comparison', () => {
  test('of one split is paired on the rows both held out', async () => {
    const found = await evaluation.compare([trees, deeper], never)
    expect(found.basis).toMatchObject({ kind: 'shared', rows: 100 })
    expect(found.spec).toEqual([{ path: 'model.maxDepth', values: [null, '2'] }])
    const auc = found.metrics.find((metric) => metric.key === 'auc')
    const [a, b] = await Promise.all(
      [trees, deeper].map(async (ref) => (await evaluation.get(ref)).metrics.auc),
    )
    expect(auc?.differences[1]?.value).toBeCloseTo((b ?? 0) - (a ?? 0), 12)
    expect(auc?.estimates[0]?.value).toBeCloseTo(a ?? 0, 12)
    // Split alike, so that the rows in common are all that either held out.
    expect(found.curves).toMatchObject({ kind: 'shared', rows: [100, 100] })
    expect(found.versions[1]?.report).toEqual((await evaluation.get(deeper)).report)
  })

  test('says of an imported version that what it was trained on is not known, whichever rows are used', async () => {
    const known = await evaluation.compare([trees, deeper], never)
    expect(known.basis.says).toMatch(/so none was trained on any of them/)
    const given = await evaluation.compare([trees, foreign], never)
    const notKnown =
      'Whether given version 1 saw these rows in training is not known, because it was imported.'
    expect(given.basis).toEqual({
      kind: 'given',
      rows: 100,
      says: `Compared on the 100 rows that every version keeps. ${notKnown}`,
    })
    expect(given.curves.says).toBe(
      `Every curve is drawn on the same 100 rows, kept by all versions. ${notKnown}`,
    )
    const first = await evaluation.compare([foreign, reseeded], never)
    expect(first.basis.says).toMatch(/^Compared on the 100 rows that given version 1 was given\./)
    expect(first.basis.says.endsWith(notKnown)).toBe(true)
    const apart = await evaluation.compare([narrow, foreign], never)
    expect(apart.basis.says).toMatch(/^Each version is measured on its own held-out or given rows/)
    expect((await evaluation.get(foreign)).heldOut.origin).toBe('given')
    expect((await evaluation.get(trees)).heldOut.origin).toBe('held out')
  })

  test('without enough rows in common scores the others on the first one’s, and warns', async () => {
    const { basis, metrics, curves, versions } = await evaluation.compare([reseeded, trees], never)
    expect(basis).toMatchObject({ kind: 'first', rows: 8 })
    expect(basis.says).toMatch(/may have been trained on some of these/)
    expect(metrics.every((metric) => metric.differences.length === 2)).toBe(true)
    expect(curves).toMatchObject({ kind: 'separate', rows: [8, 100] })
    expect(curves.says).toMatch(/held out by all versions, so each curve is drawn on its version’s own/)
    expect(versions.map(({ report }) => report.rows)).toEqual([8, 100])
  })

  test('of versions that read other columns measures each on its own rows', async () => {
    const { basis, metrics } = await evaluation.compare([reseeded, narrow], never)
    expect(basis.kind).toBe('separate')
    expect(basis.says).toMatch(/From bench version \d to bench version \d: Gone: "tenure".*New: "spend"\./)
    expect(metrics[0]?.differences).toEqual([null, null])
  })

  test('of different tasks is refused', async () => {
    await expect(evaluation.compare([trees, tier], never)).rejects.toThrow(
      /bench version 1 and bench version 5 have different tasks \(binary, multiclass\)/,
    )
  })
})

test('a version with SQL before its model is told by the columns that this SQL makes, not by those of a request', async () => {
  await bench.sql(`create view doubled as select tenure * 2 as twice, plan, churned from customers`)
  const ref = await register({
    from: 'doubled',
    target: 'churned',
    servingInput: 'customers',
    model: { kind: 'gbdt', trees: 3 },
    register: 'doubled',
  })
  const { importance, dependence, explained } = await evaluation.document(ref, never)
  expect(importance.permutation.map(({ column }) => column).sort()).toEqual(['plan', 'twice'])
  expect(dependence.map(({ column }) => column).sort()).toEqual(['plan', 'twice'])
  expect(Object.keys(explained[0]?.values ?? {}).sort()).toEqual(['plan', 'twice'])
}, 30_000)

test('what was computed is kept, and read back the same', async () => {
  const first = await evaluation.slices(trees, 'region', never)
  const again = createEvaluation({
    database: bench.database,
    catalog,
    tasks,
    folder: join(folder, 'evaluations'),
    reportScript: '',
  })
  const controller = new AbortController()
  expect(await again.slices(trees, 'region', controller.signal)).toEqual(first)
  expect(tasks.list()).toEqual([])
  expect((await readdir(join(folder, 'evaluations'))).length).toBeGreaterThan(0)
})

test('a request that goes away stops its thread and keeps nothing', async () => {
  const controller = new AbortController()
  const asked = evaluation.importance(deeper, controller.signal)
  setTimeout(() => controller.abort(), 30)
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
  expect(tasks.list()).toEqual([])
})

test('the exported document carries its data, runs its own script alone and fetches nothing', async () => {
  const { name, html } = await evaluation.exportHtml(notes, never)
  expect(name).toBe('notes-1-evaluation.html')
  expect(html).toContain("default-src 'none'")
  expect(html.match(/<\/script>/g)?.length).toBe(2)
  expect(html).not.toMatch(/(src|href)=|https?:/)
  const data = JSON.parse(/id="report">(.*?)<\/script>/s.exec(html)?.[1] ?? '')
  expect(data.importance.permutation.length).toBe(3)
  expect(data.dependence.length).toBe(2)
  expect(data.slices.map((one: { column: string }) => one.column).sort()).toEqual([
    'joined',
    'note',
    'tenure',
  ])
  expect(data.shap.map((one: { output: string }) => one.output)).toEqual(['true'])
  expect(data.explained.map((one: { row: number }) => one.row)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a version without held-out rows says how to get them', async () => {
  const model = await bench.train({ ...forSpend, model: { kind: 'gbdt', trees: 2 } })
  const files = new Map([...model.files].filter(([path]) => !/evaluation|holdout/.test(path)))
  const { name, version } = await catalog.register({ ...model, files })
  await expect(evaluation.get({ name, version })).rejects.toThrow(/bench version 6 keeps no held-out rows/)
})
