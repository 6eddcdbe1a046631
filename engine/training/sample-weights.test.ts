/** What the column of weights may hold, and what refusing it says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { versionFiles } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'
import { forChurn, forSpend, openTrainingBench, type TrainingBench } from './testing/training-bench.ts'
import type { TrainedModel } from './training.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql(`create view weighed as select *, 1 + id % 3 as weight from customers`)
  const views: [string, string][] = [
    ['missing', 'case when id < 3 then null else 1 end'],
    ['endless', `case when id = 3 then 'inf'::double else 1 end`],
    ['negative', 'case when id < 2 then -0.5 else 1 end'],
    ['zero', '0'],
    ['zero_class', 'case when churned then 0 else 1 end'],
    ['worded', `'heavy'`],
  ]
  for (const [name, sql] of views) {
    await bench.sql(`create view ${name} as select *, ${sql} as weight from customers`)
  }
})
afterAll(() => bench.close())

const weighed = { ...forChurn, from: 'weighed', weight: 'weight' }
const cases: [string, object, RegExp, RegExp][] = [
  ['an absent column', { weight: 'gone' }, /"weighed" has no column "gone"/, /tenure/],
  ['the target', { weight: 'churned' }, /"churned" is the target/, /weights/],
  ['a column of text', { from: 'worded' }, /"weight" is of type VARCHAR; a weight is a number/, /Convert/],
  ['missing weights', { from: 'missing' }, /"weight" is missing in 3 rows/, /coalesce\("weight", 1\)/],
  ['infinite weights', { from: 'endless' }, /"weight" is infinite in 1 row;/, /least/],
  ['negative weights', { from: 'negative' }, /"weight" is below 0 in 2 rows, down to -0.5/, /greatest/],
  ['weights of zero alone', { from: 'zero' }, /"weight" is 0 in every row/, /another column/],
  [
    'a class that weighs nothing',
    { from: 'zero_class' },
    /"weight" is 0 in every row of class true that is trained on/,
    /Leave the class out/,
  ],
  [
    'a weight that is to be a feature too',
    { features: { include: ['tenure', 'weight'] } },
    /is the weight and stands in features.include too/,
    /Take it out/,
  ],
]

describe('training refuses as weight', () => {
  for (const [name, spec, message, whatToDo] of cases) {
    test(name, async () => {
      const ended: unknown = await bench.train({ ...weighed, ...spec }).catch((error: unknown) => error)
      if (!(ended instanceof Failure)) throw ended
      expect(ended.message).toMatch(message)
      expect(ended.whatToDo).toMatch(whatToDo)
      expect(ended.path).toBe('weight')
    })
  }
})

test('the weight is no feature, and a request carries none', async () => {
  const { record } = await bench.train({ ...weighed, model: { kind: 'gbdt', trees: 2 } })
  expect(record.signature.inputs.map((input) => input.name)).toEqual([
    'tenure',
    'plan',
    'vip',
    'region',
    'score',
  ])
})

const fileOf = ({ files }: TrainedModel, name: string) => new TextDecoder().decode(files.get(name))

describe('rows that weigh nothing change nothing', () => {
  beforeAll(async () => {
    await bench.sql(`create view half as select *, id % 2 as weight from customers`)
    // Every other row to train and validate on says a million, of customers as there are none.
    await bench.sql(`create view soiled as select * exclude (soil) replace (
      case when soil then 1e6 else spend end as spend, case when soil then null else region end as region,
      case when soil then -1e7 else score end as score, case when soil then 'no plan' else plan end as plan
    ) from (select *, weight = 0 and id < 320 as soil from half)`)
  })
  // By time, for the other splits follow the content of the rows.
  const split = { method: 'time', column: 'id', test: 0.2, validation: 0.2 }
  const columns = { tier: { encode: 'target' } }
  const features = { exclude: ['id', 'label', 'joined', 'churned'], columns }
  const spec = { from: 'half', target: 'spend', weight: 'weight', features, split }

  test.each([
    { kind: 'linear' },
    { kind: 'linear', batchSize: 32, epochs: 40 },
    { kind: 'mlp', layers: [16], epochs: 40 },
    { kind: 'gbdt', trees: 20 },
  ])('of the features, the model and what it is held against: %j', async (model) => {
    const clean = await bench.train({ ...spec, model })
    const dirty = await bench.train({ ...spec, from: 'soiled', model })
    expect(fileOf(dirty, versionFiles.features)).toBe(fileOf(clean, versionFiles.features))
    expect(dirty.naive.rmse).toBeCloseTo(clean.naive.rmse ?? 0, 9)
    // Rows lie in the order of their content, so that batches are others.
    expect((dirty.record.metrics.rmse ?? 0) / (clean.naive.rmse ?? 1)).toBeLessThan(0.5)
    expect((clean.record.metrics.rmse ?? 0) / (clean.naive.rmse ?? 1)).toBeLessThan(0.5)
  })
})

test('training rows that all weigh nothing are refused, whatever the features', async () => {
  const late = 'case when id < 350 then 0 else 1 end as weight'
  await bench.sql(`create view late as select *, ${late} from customers`)
  const split = { method: 'time', column: 'id', test: 0.1, validation: 0.1 }
  await expect(bench.train({ ...forSpend, from: 'late', weight: 'weight', split })).rejects.toMatchObject({
    path: 'weight',
    message: 'Weight "weight" is 0 in every row that is trained on.',
  })
})
