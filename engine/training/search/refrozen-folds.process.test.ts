/** Frozen statistics of SQL are those of a fold's own training rows: nothing of the rows it tests on is in them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { openData } from '../open-data.ts'
import { openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'
import { prepareTransforms } from '../transforms/prepare-transforms.ts'
import { openPreparedFolds, type PreparedFold } from './prepared-folds.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  // One customer so large that each mean tells whether it took part.
  await bench.sql(
    `create view extreme as select id, case when id = 5 then 1e6 else id * 1.0 end as amount, plan, spend, churned from customers`,
  )
  await bench.sql(`create view centred as
    select amount - avg(amount) over () as off, amount as raw, plan, spend, churned from extreme`)
  await bench.sql('create table rates as select * from (values (1.0), (2.0)) t(rate)')
  await bench.sql(`create view again as
    select off / stddev_pop(off) over () as scaled, raw, plan, spend, churned from centred`)
})
afterAll(() => bench.close())

const asked = { folds: 4, seed: 1, rows: 'all', path: 'crossValidation' } as const

/** Every fold twice, and with a share of its training rows, under a memory for folds. */
async function foldsOf(from: string, share: number, memory = 1e9): Promise<PreparedFold[]> {
  const session = await bench.database.session()
  try {
    const spec = trainSpecSchema.parse({
      from,
      target: 'spend',
      servingInput: 'extreme',
      freeze: true,
      features: { exclude: ['churned'] },
      split: { validation: 0.2 },
      model: { kind: 'gbdt' },
    })
    const transforms = await prepareTransforms(session, spec, 'extreme', [], () => undefined)
    const opened = await openData(session, spec, [], () => undefined, transforms.source)
    const { refreeze } = transforms
    const folds = await openPreparedFolds(session, opened, asked, memory, () => undefined, refreeze)
    const prepared: PreparedFold[] = []
    for (const features of [spec.features, { exclude: ['churned', 'plan'] }]) {
      for (let fold = 0; fold < asked.folds; fold++) {
        const choice = { spec: { ...spec, features }, seed: 1, fold, share }
        prepared.push(await folds.use(choice, async (one) => one))
      }
    }
    return prepared
  } finally {
    session.close()
  }
}

function valuesOf({ pipeline, parts }: PreparedFold, part: 'train' | 'validation' | 'test', name: string) {
  const place = pipeline.columns.findIndex((column) => column.name === name)
  return Array.from(parts[part].columns[place]!)
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe.each([
  [1, 1e9],
  [1, 0],
  [0.5, 1e9],
])('training on a share %d of the rows, with %d bytes for folds', (share, memory) => {
  test('the mean that a fold takes off is that of the rows it trains on, in all of its parts', async () => {
    const folds = await foldsOf('centred', share, memory)
    const means = folds.map((fold) => {
      const mean = meanOf(valuesOf(fold, 'train', 'raw'))
      for (const part of ['train', 'validation', 'test'] as const) {
        const raw = valuesOf(fold, part, 'raw')
        for (const [r, off] of valuesOf(fold, part, 'off').entries())
          expect(off).toBeCloseTo(raw[r]! - mean, 5)
      }
      return mean
    })
    expect(folds.every(({ parts }) => parts.validation.rows > 0)).toBe(true)
    // The fold that tests on the largest one knows nothing of it.
    const tested = folds.findIndex((fold) => valuesOf(fold, 'test', 'raw').includes(1e6))
    expect(means[tested]).toBeLessThan(400)
    expect(Math.max(...means)).toBeGreaterThan(1000)
    expect(means.slice(asked.folds)).toEqual(means.slice(0, asked.folds))
  })
})

test('a statistic of what an earlier one made is taken on the fold as well', async () => {
  for (const fold of await foldsOf('again', 1)) {
    const scaled = valuesOf(fold, 'train', 'scaled')
    expect(meanOf(scaled)).toBeCloseTo(0, 8)
    expect(meanOf(scaled.map((value) => value * value))).toBeCloseTo(1, 6)
  }
})

const base = {
  target: 'churned',
  servingInput: 'extreme',
  freeze: true,
  model: { kind: 'gbdt', trees: 2 },
  crossValidation: { folds: 2 },
}

test('the version keeps the statistics of its own training rows, and its folds need no warning', async () => {
  const { crossValidation: _, ...alone } = base
  const [plain, measured] = [
    await bench.train({ ...alone, from: 'centred' }),
    await bench.train({ ...base, from: 'centred' }),
  ]
  expect(measured.record.crossValidation?.results.length).toBe(2)
  expect(measured.record.transforms?.statistics).toEqual(plain.record.transforms?.statistics)
  expect(measured.record.metrics).toEqual(plain.record.metrics)
  const kinds = measured.record.warnings?.map(({ kind }) => kind) ?? []
  expect(kinds).not.toContain('frozen-statistics')
})

test('finished fits are used again for the same SQL and rows, and not for others that gave the same training rows', async () => {
  const search = { method: 'grid', folds: 2, parameters: { 'model.maxDepth': [1, 2] } }
  const { crossValidation: _, ...alone } = base
  // On the training rows as a whole both statistics are 1.
  const reusedOf = async (statistic: string) => {
    await bench.sql(`create or replace view s as
      select amount * ${statistic} as a, plan, churned from extreme`)
    const { record } = await bench.train({ ...alone, from: 's', search })
    return record.search?.fits.reused
  }
  expect(await reusedOf('(min(id) over () * 0 + 1)')).toBe(0)
  expect(await reusedOf('(min(id) over () * 0 + 1)')).toBe(4)
  expect(await reusedOf('(max(id) over () * 0 + 1)')).toBe(0)
})

test('a filter that moves with a statistic is refused in the fold where it leaves a row out', async () => {
  await bench.sql(
    'create view filtered as select amount, plan, churned from (select *, max(amount) over () as most from extreme) where amount <= most',
  )
  await expect(bench.train({ ...base, from: 'filtered' })).rejects.toMatchObject({
    path: 'freeze',
    message: expect.stringMatching(
      /^In fold \d of 2 of the cross-validation .*: A filter .* depends on a frozen statistic: .* leaves out \d+ of them/,
    ),
  })
})
