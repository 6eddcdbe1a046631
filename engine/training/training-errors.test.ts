/** What bad input gets: a message that names the thing, and the way out. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decode } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { trainSpecSchema } from '../../shared/notebook/train-spec.ts'
import {
  forChurn,
  forSpend,
  forTier,
  openTrainingBench,
  type TrainingBench,
} from './testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql(
    `create view holes as select * replace (case when id < 7 then null else churned end as churned) from customers`,
  )
  await bench.sql(
    `create view blanks as select * replace (null::integer as tenure, null as plan),
       ${Array.from({ length: 60 }, (_, i) => `null::double as unused_${i}`).join(', ')} from customers`,
  )
  await bench.sql(`create view constant as select * replace ('yes' as tier, 5.0 as spend) from customers`)
  await bench.sql(`create view blank as select * replace (null::integer as tenure) from customers`)
  await bench.sql(
    `create view endless as select * replace (case when id in (3, 9) then '-inf'::double else score end as score) from customers`,
  )
  await bench.sql(
    `create view endless_target as select * replace (case when id = 3 then 'inf'::double else spend end as spend) from customers`,
  )
  await bench.sql(`create view few as select * from customers limit 9`)
  await bench.sql(
    `create view rare as select * replace (case when id = 3 then 'single' else tier end as tier) from customers`,
  )
  await bench.sql(
    `create view long as select * replace (9007199254740991 + (case tier when 'gold' then 1 else 2 end) * (id % 2) as tier) from customers`,
  )
  await bench.sql(
    `create view longest as select * replace (9007199254740992 + (id % 2)::bigint as tier) from customers`,
  )
  await bench.sql(`create view far as select * replace (1e15 + tenure as tenure) from customers`)
  await bench.sql(`create view lists as select * replace ([joined] as joined) from customers`)
  await bench.sql(`create view broken as select * from customers`)
})
afterAll(() => bench.close())

async function failure(spec: object): Promise<Failure> {
  const ended: unknown = await bench.train(spec).then(
    () => new Error('The training succeeded.'),
    (error: unknown) => error,
  )
  if (ended instanceof Failure) return ended
  throw ended
}

const all = { from: 'customers', target: 'churned' }
const cases: [string, object, string, RegExp, RegExp][] = [
  [
    'missing values left to a model that cannot take them',
    { ...all, features: { columns: { tenure: { impute: 'none' } } } },
    'features.columns.tenure',
    /"impute": "none", which only a "gbdt" model can take/,
    /"median"/,
  ],
  [
    'categories handed to a model that cannot take them',
    { ...all, features: { columns: { plan: { encode: 'native' } } } },
    'features.columns.plan',
    /"encode": "native", which only a "gbdt" model can take/,
    /"onehot"/,
  ],
  ['an absent relation', { ...all, from: 'nowhere' }, 'from', /no relation "nowhere"/, /customers/],
  ['an absent target', { ...all, target: 'gone' }, 'target', /"customers" has no column "gone"/, /tenure/],
  [
    'an absent excluded column',
    { ...all, features: { exclude: ['idd'] } },
    'features.exclude',
    /no column "idd"/,
    /id/,
  ],
  [
    'an absent included column',
    { ...all, features: { include: ['x'] } },
    'features.include',
    /no column "x"/,
    /id/,
  ],
  [
    'options for an absent column',
    { ...all, features: { columns: { x: {} } } },
    'features.columns',
    /no column "x"/,
    /id/,
  ],
  [
    'the target among the features',
    { ...all, features: { include: ['churned'] } },
    'features.include',
    /"churned" is the target/,
    /Take it out/,
  ],
  ['no feature left', { ...all, features: { include: [] } }, 'features', /leaves no feature/, /Include/],
  [
    'a list',
    { ...all, from: 'lists', features: { exclude: ['id', 'label'] } },
    'features',
    /"joined" is of type TIMESTAMP\[\]/,
    /exclude/,
  ],
  [
    'a timestamp as target',
    { ...all, target: 'joined' },
    'target',
    /"joined" is of type TIMESTAMP/,
    /Convert/,
  ],
  [
    'rows without a target',
    { ...forChurn, from: 'holes' },
    'target',
    /"churned" is missing in 7 of 400 rows/,
    /"churned" is not null/,
  ],
  [
    'a target with one class',
    { ...forTier, from: 'constant' },
    'target',
    /"tier" has one class only: every row is "yes"/,
    /other outcomes/,
  ],
  [
    'classes that are whole numbers beyond those a number tells apart',
    { ...forTier, from: 'long', task: 'multiclass' },
    'target',
    /"tier" has classes beyond ±9,007,199,254,740,991, such as 9007199254740992/,
    /cast\("tier" as varchar\) as "tier"/,
  ],
  [
    'whole numbers that are all the same as numbers',
    { ...forTier, from: 'longest' },
    'target',
    /^Target "tier" is 9007199254740992 in every row as a number; beyond ±9,007,199,254,740,991, neighbouring/,
    /cast\("tier" as varchar\) as "tier"/,
  ],
  [
    'a constant target',
    { ...forSpend, from: 'constant', task: 'regression' },
    'target',
    /"spend" is constant: every row has 5/,
    /other outcomes/,
  ],
  [
    'a column missing everywhere',
    { ...forChurn, from: 'blank' },
    'features.columns.tenure',
    /"tenure" is missing in all 400 rows/,
    /exclude/,
  ],
  [
    'many columns missing everywhere',
    { ...forChurn, from: 'blanks' },
    'features',
    /^62 columns are missing in all 400 rows: "tenure", "plan", "unused_0", .*, "unused_17" and 42 more\.$/,
    /features\.exclude/,
  ],
  [
    'numbers too far from 0 for a power of them to tell them apart',
    {
      ...forChurn,
      from: 'far',
      features: { ...forChurn.features, columns: { tenure: { scale: 'yeoJohnson' } } },
    },
    'features.columns.tenure.scale',
    /"tenure" goes from 1000000000000000 to 1000000000000071, too far from 0 for "yeoJohnson"/,
    /"standard"/,
  ],
  [
    'infinite numbers',
    { ...forChurn, from: 'endless' },
    'features.columns.score',
    /"score" has 2 infinite values/,
    /isfinite/,
  ],
  [
    'an infinite target',
    { ...forSpend, from: 'endless_target' },
    'target',
    /"spend" has 1 infinite value;/,
    /isfinite/,
  ],
  [
    'fewer than ten rows',
    { ...forChurn, from: 'few' },
    'from',
    /"few" has 9 rows; training needs at least 10/,
    /more rows/,
  ],
  [
    'logistic on a number',
    { ...forSpend, model: { kind: 'logistic' } },
    'model.kind',
    /"logistic" predicts classes, but target "spend" is a number/,
    /linear/,
  ],
  [
    'linear on classes',
    { ...forTier, model: { kind: 'linear' } },
    'model.kind',
    /"linear" predicts a number, but target "tier"/,
    /logistic/,
  ],
  ['a binary task on three classes', { ...forTier, task: 'binary' }, 'task', /"tier" has 3/, /multiclass/],
  ['regression on text', { ...forTier, task: 'regression' }, 'task', /"tier" is VARCHAR/, /Convert/],
  [
    'a class too rare to stratify',
    { ...forTier, from: 'rare' },
    'split.method',
    /Class "single" of target "tier" has 1 row/,
    /random/,
  ],
  [
    'stratifying a number',
    { ...forSpend, split: { method: 'stratified' } },
    'split.method',
    /"spend" is a number/,
    /random/,
  ],
  [
    'a random split that loses a class',
    { ...forTier, from: 'rare', split: { method: 'random', test: 0.9 } },
    'split',
    /"tier" has . of 4 classes to train on/,
    /stratified/,
  ],
  [
    'another serving input',
    { ...forChurn, servingInput: 'raw' },
    'servingInput',
    /"raw" does not lead to "customers"/,
    /leave servingInput out/,
  ],
  [
    'scaling text',
    { ...forChurn, features: { ...forChurn.features, columns: { plan: { scale: 'minmax' } } } },
    'features.columns.plan',
    /"scale" does not apply/,
    /numeric/,
  ],
  [
    'the mean of text',
    { ...forChurn, features: { ...forChurn.features, columns: { plan: { impute: 'mean' } } } },
    'features.columns.plan',
    /has no mean/,
    /constant/,
  ],
  [
    'text as a number',
    { ...forChurn, features: { ...forChurn.features, columns: { plan: { type: 'numeric' } } } },
    'features.columns.plan',
    /holds text/,
    /CAST/,
  ],
  [
    'a fill of another type',
    {
      ...forChurn,
      features: { ...forChurn.features, columns: { tenure: { impute: 'constant', fill: 'x' } } },
    },
    'features.columns.tenure',
    /its "fill" is "x"/,
    /own type/,
  ],
  [
    'a diverging loss',
    {
      ...forSpend,
      model: { kind: 'mlp', layers: new Array(16).fill(64), learningRate: 10, epochs: 20, patience: 0 },
    },
    'model.learningRate',
    /diverged/,
    /smaller/,
  ],
]

describe('training refuses', () => {
  for (const [name, spec, path, message, whatToDo] of cases) {
    test(name, async () => {
      const found = await failure(spec)
      expect(found.message).toMatch(message)
      expect(found.whatToDo).toMatch(whatToDo)
      expect(found.path).toBe(path)
    })
  }
})

test('a view whose table is gone is refused with what the database says', async () => {
  await bench.sql('create table base as select * from customers')
  await bench.sql('create or replace view broken as select * from base')
  await bench.sql('drop table base')
  expect((await failure({ ...all, from: 'broken' })).message).toMatch(/base/)
})

test('a view that fails on one of its rows is named', async () => {
  await bench.sql(
    `create or replace view broken as select * replace (case when id = 350 then ('x' || id)::integer else tenure end as tenure) from customers`,
  )
  const { message, whatToDo } = await failure({ ...all, from: 'broken' })
  expect(message).toMatch(/^The relation "broken" cannot be read: Conversion Error: .*x350/)
  expect(whatToDo).toBe('Correct the SQL or the data it is made from.')
})

test('a split without a method takes the one that suits the task', () => {
  const spec = decode(trainSpecSchema, { from: 'f', target: 't', split: { test: 0.5 } }, 'train cell')
  expect(spec.split).toEqual({ test: 0.5, validation: 0.1, seed: 7 })
})

test('an empty model is the default one of the task', async () => {
  expect(decode(trainSpecSchema, { ...all, model: {} }, 'train cell').model).toBeUndefined()
})

describe('a train cell is refused when it is decoded', () => {
  const specs: [string, object, RegExp][] = [
    ['an unknown key', { ...all, epoch: 3 }, /unknown key "epoch"/],
    [
      'an unknown key of the model',
      { ...all, model: { kind: 'logistic', trees: 3 } },
      /model: unknown key "trees"/,
    ],
    [
      'trees without a learning rate',
      { ...all, model: { kind: 'gbdt', learningRate: 0 } },
      /model.learningRate: .*above 0, found 0/,
    ],
    [
      'another kind',
      { ...all, model: { kind: 'svm' } },
      /expected a model kind of linear, logistic, mlp, gbdt, found "svm"/,
    ],
    [
      'parameters of no kind',
      { ...all, model: { trees: 9 } },
      /kind of linear.* found no "kind" beside "trees"/,
    ],
    ['no target', { from: 'customers' }, /target: expected a text, found nothing/],
  ]
  for (const [name, spec, message] of specs) {
    test(name, () => expect(() => decode(trainSpecSchema, spec, 'train cell')).toThrow(message))
  }
})
