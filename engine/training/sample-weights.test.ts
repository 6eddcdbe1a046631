/** What the column of weights may hold, and what refusing it says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../shared/failure.ts'
import { forChurn, forSpend, openTrainingBench, type TrainingBench } from './testing/training-bench.ts'

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

test('rows that weigh nothing change nothing of the model', async () => {
  await bench.sql(
    `create view half as select * replace (case when id % 2 = 0 then 1e6 else spend end as spend), id % 2 as weight from customers`,
  )
  const model = { kind: 'gbdt', trees: 5, patience: 0 }
  const split = { test: 0.2, validation: 0 }
  const { record } = await bench.train({ ...forSpend, from: 'half', weight: 'weight', model, split })
  // Every other row says a million; the model has not heard of it.
  expect(record.history.at(-1)?.loss).toBeLessThan(100 ** 2)
})
