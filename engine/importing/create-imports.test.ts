/** XGBoost models from Python come into the catalog and predict there what they predict in Python. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { examplesSchema } from '../../shared/bundle/manifest.ts'
import { baselineSchema } from '../../shared/drift/baseline.ts'
import { evaluationFileSchema } from '../../shared/evaluation/evaluation-file.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { createCatalog } from '../catalog/create-catalog.ts'
import { type Database, openDatabase } from '../data/database.ts'
import { scoreRows } from '../scoring/score-rows.ts'
import { withScoredVersion } from '../scoring/scored-version.ts'
import { createImports } from './create-imports.ts'
import recorded from './fixtures/xgboost-imports.json' with { type: 'json' }
import type { ImportRequest, Imports } from './imports.ts'

let folder: string
let database: Database
let catalog: Catalog
let imports: Imports
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-imports-'))
  database = await openDatabase(':memory:', folder)
  catalog = createCatalog({ folder: join(folder, 'catalog') })
  imports = createImports({ database, catalog, workspaceFolder: folder, slipwayVersion: '0.0.1' })
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

async function saved(text: string): Promise<string> {
  const file = join(folder, 'model.json')
  await writeFile(file, text)
  return file
}

async function importing(text: string, more: Partial<ImportRequest> = {}) {
  return imports.import({ file: await saved(text), shown: 'model.json', name: 'churn', ...more })
}

const fileOf = (path: string) => readFile(join(catalog.folder('churn', 1), path), 'utf8')

test.each(recorded.cases)(
  '$name: predictions are those of Python to 1e-6',
  async ({ model, rows, expected }) => {
    const { signature, provenance } = await importing(model)
    expect(provenance.imported).toMatchObject({
      format: 'xgboost',
      producer: `XGBoost ${recorded.xgboost}`,
      rows: 'made',
    })
    const answers = await withScoredVersion(catalog, 'churn', (scored) =>
      scoreRows(scored, rows as Record<string, unknown>[]),
    )
    const classes = signature.target.classes?.map(String)
    answers.forEach(({ prediction, probabilities }, row) => {
      const wanted = [expected[row]!].flat()
      const found = classes ? classes.map((label) => probabilities?.[label]) : [prediction]
      const apart = found.map((value, k) => Math.abs(Number(value) - wanted[k]!))
      expect(Math.max(...apart)).toBeLessThanOrEqual(1e-6)
    })
  },
)

test('the signature follows from the names and types of the file, and the file is kept as it is', async () => {
  const [{ model }] = recorded.cases as [(typeof recorded.cases)[0]]
  const { signature } = await importing(model, { classes: ['stays', 'leaves'], target: 'churned' })
  expect(signature.target).toEqual({ name: 'churned', sourceType: 'VARCHAR', classes: ['stays', 'leaves'] })
  expect(signature.inputs.map(({ name, type, values, integer }) => [name, type, values ?? integer])).toEqual([
    ['charges', 'numeric', undefined],
    ['contract', 'categorical', ['month', 'two-year', 'year']],
    ['partner', 'boolean', undefined],
    ['tenure', 'numeric', true],
    ['plan', 'categorical', ['10', '20', '30']],
  ])
  expect(await fileOf('model/model.json')).toBe(model)
})

test('without data the recorded rows are made up and say so, and the baseline is empty', async () => {
  const [{ model }] = recorded.cases as [(typeof recorded.cases)[0]]
  await importing(model)
  const baseline = baselineSchema.parse(JSON.parse(await fileOf('baseline.json')))
  expect([baseline.rows, baseline.heldOutRows]).toEqual([0, 0])
  expect(baseline.features.flatMap(({ stats }) => stats.counts).every((count) => count === 0)).toBe(true)
  const { rows, predictions } = examplesSchema.parse(JSON.parse(await fileOf('examples.json')))
  expect([rows.length, new Set(predictions).size]).toEqual([64, 2])
  expect(await fileOf('card.md')).toMatch(/imported without data.*made up from the thresholds/s)
})

test('with data they are its rows; classes, ranges and metrics come from it too', async () => {
  const [{ model, rows, expected }] = recorded.cases as [(typeof recorded.cases)[0]]
  const file = join(folder, 'sample.ndjson')
  const answers = expected.map((p) => ((p as number[])[1]! > 0.5 ? 'yes' : 'no'))
  await writeFile(file, rows.map((row, i) => JSON.stringify({ ...row, churned: answers[i] })).join('\n'))
  const version = await importing(model, { data: file, target: 'churned' })
  expect(version.signature.target.classes).toEqual(['no', 'yes'])
  expect(version.metrics).toMatchObject({ accuracy: 1, auc: 1 })
  const tenures = rows.map((row) => Number((row as Record<string, unknown>).tenure))
  expect(version.signature.inputs.find(({ name }) => name === 'tenure')).toMatchObject({
    min: Math.min(...tenures),
    max: Math.max(...tenures),
  })
  const baseline = baselineSchema.parse(JSON.parse(await fileOf('baseline.json')))
  expect([baseline.rows, baseline.features[3]?.stats.n]).toEqual([40, 40])
})

test('rows with answers are kept, so that the version is evaluated like one trained here', async () => {
  const [{ model, rows: given, expected }] = recorded.cases as [(typeof recorded.cases)[0]]
  const rows = given as Record<string, unknown>[]
  const file = join(folder, 'sample.ndjson')
  const answers = expected.map((p) => ((p as number[])[1]! > 0.5 ? 'yes' : 'no'))
  await writeFile(file, rows.map((row, i) => JSON.stringify({ ...row, churned: answers[i] })).join('\n'))
  const { version } = await importing(model, { data: file, target: 'churned' })
  const session = await database.session()
  const path = join(catalog.folder('churn', version), 'holdout.parquet')
  const kept = await session.rows(`select * from read_parquet('${path}')`)
  session.close()
  const actual = (row: number) => (answers[row] === 'yes' ? 1 : 0)
  const places = kept.map((one) =>
    rows.findIndex((row) => row.tenure === one.tenure && row.charges === one.charges),
  )
  expect(kept.map((one) => one.slipway_actual)).toEqual(places.map(actual))
  kept.forEach((one, i) => {
    expect(Number(one.slipway_score_0)).toBeCloseTo((expected[places[i]!] as number[])[1]!, 6)
  })
  const evaluation = evaluationFileSchema.parse(JSON.parse(await fileOf('evaluation.json')))
  expect(evaluation.heldOut).toMatchObject({ rows: 40, of: 40, outputs: 1 })
})

test('what cannot be imported is refused by its name, and nothing is left in the catalog', async () => {
  const [{ model }] = recorded.cases as [(typeof recorded.cases)[0]]
  const linear = model.replace('"name":"gbtree"', '"name":"gblinear"')
  const umlaut = model.replace('109,111,110,116,104', '103,114,-61,-74,111')
  const tweedie = model.replaceAll('binary:logistic', 'reg:tweedie')
  await expect(importing('{"a": 1}')).rejects.toThrow('model.json is no XGBoost model in JSON.')
  await expect(importing(linear)).rejects.toThrow(/booster is "gblinear"; expected "gbtree"/)
  await expect(importing(umlaut)).rejects.toThrow(/categories of column "contract" are not plain ASCII/)
  await expect(importing(tweedie)).rejects.toThrow(/objective is "reg:tweedie"; expected binary:logistic/)
  await expect(importing(model.slice(0, 2000))).rejects.toThrow(/model.json/)
  await expect(importing(model, { classes: ['a'] })).rejects.toThrow(/has 2 classes; 1 were given: a/)
  await expect(importing(model, { name: '1st' })).rejects.toThrow(/"1st" is no name of a model/)
  await expect(importing(model, { data: 'nothing' })).rejects.toThrow(/The data nothing cannot be read/)
  const session = await database.session()
  await session.run("create table few as select 1.5 as charges, 'month' as contract, 'no' as y")
  session.close()
  await expect(importing(model, { data: 'few' })).rejects.toThrow(
    /The data few has no columns "partner", "tenure", "plan", which model.json needs/,
  )
  await expect(importing(model, { data: 'few', target: 'y' })).rejects.toThrow(
    /has 2 classes; the column "y" has 1 values/,
  )
  await expect(
    imports.import({ file: join(folder, 'none.json'), shown: 'none.json', name: 'churn' }),
  ).rejects.toThrow('There is no model file none.json.')
  expect(await catalog.list()).toEqual([])
})
