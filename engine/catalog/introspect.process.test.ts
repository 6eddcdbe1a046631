/** Catches tests of a version that hold it against columns it does not have, where SQL stands before its pipeline. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ModelVersion } from '../../shared/catalog/version.ts'
import { openTrainingBench, type TrainingBench } from '../training/testing/training-bench.ts'
import type { Catalog } from './catalog.ts'
import { createCatalog } from './create-catalog.ts'
import { introspect } from './introspect.ts'

let folder: string
let bench: TrainingBench
let catalog: Catalog
let record: ModelVersion

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-introspect-'))
  bench = await openTrainingBench()
  catalog = createCatalog({ folder })
  await bench.sql(`create view v as
    select round(tenure / (region + 1), 3) as ratio, upper(plan) as plan, spend, month(joined) as month
    from customers`)
  const model = { kind: 'gbdt', trees: 5, maxDepth: 2 }
  const spec = { from: 'v', target: 'spend', servingInput: 'customers', model, register: 'spend' }
  await catalog.register(await bench.train(spec))
  record = (await catalog.get('spend', 1)).record
})
afterAll(async () => {
  await bench.close()
  await rm(folder, { recursive: true, force: true })
})

const names = (columns: readonly { name: string }[]) => columns.map(({ name }) => name).sort()

it('runs a version with SQL on rows of a request, and looks for the columns of its pipeline in the baseline', async () => {
  expect(names(record.signature.inputs)).toEqual(['joined', 'plan', 'region', 'tenure'])
  const place = catalog.folder('spend', 1)
  const tests = await introspect(record, place)
  expect(tests.filter(({ status }) => status !== 'Passed').map(({ name }) => name)).toEqual([
    'Bundle boots and replays the recorded rows',
  ])
  expect(tests.find(({ name }) => name === 'Baseline covers the columns')?.detail).toBe('3 columns')
  expect(tests.find(({ name }) => name.startsWith('Recorded rows'))?.detail).toMatch(
    /recorded rows, every prediction as in training$/,
  )

  const file = join(place, 'baseline.json')
  const whole = await readFile(file, 'utf8')
  const baseline = JSON.parse(whole)
  baseline.features = baseline.features.filter(
    ({ layout }: { layout: { name: string } }) => layout.name !== 'month',
  )
  await writeFile(file, JSON.stringify(baseline))
  const without = await introspect(record, place)
  await writeFile(file, whole)
  expect(without.find(({ name }) => name === 'Baseline covers the columns')).toMatchObject({
    status: 'Failed',
    detail: 'The baseline has nothing for the column "month".',
  })
})

it('holds a version with constraints to them: what they rule out is refused, everything else answered', async () => {
  const columns = {
    tenure: { constraints: { min: 0, max: 120 } },
    plan: { constraints: { values: ['month', 'year', 'two years'] } },
  }
  const features = { include: ['tenure', 'plan', 'score'], columns }
  const model = { kind: 'gbdt', trees: 5, maxDepth: 2 }
  const spec = { from: 'customers', target: 'spend', features, model, register: 'limited' }
  await catalog.register(await bench.train(spec))
  const { record: limited } = await catalog.get('limited', 1)
  const tests = await introspect(limited, catalog.folder('limited', 1))
  // Each of the three may be missing; two have a value that is ruled out, and "score" a far one.
  expect(tests.find(({ name }) => name.startsWith('Missing, unseen'))).toMatchObject({
    status: 'Passed',
    detail:
      '6 rows with a missing, unseen or far value, each answered, 2 of them refused as the constraints say',
  })
})
