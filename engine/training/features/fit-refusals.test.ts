/** What only the rows can tell: settings that no encoder can be fitted by are refused, each with its key. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../../shared/failure.ts'
import type { Pipeline } from '../../../shared/features/pipeline.ts'
import { openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql(`create table many as select i % 2 = 0 as yes, 'k' || (i % 1001) as class, i % 1000 as number,
    'c' || i % 10000 as tenth, 'c' || i % 1001 as thousand, 'c' || i as own, -1.0 + i as below, 7.5 as still,
    ['low', 'middle', 'high'][1 + i % 3] as size, case when i < 3 then null else i end as gap,
    case when i < 3 then 'nan'::double else i % 2 end as unsure
    from range(20020) t(i)`)
})
afterAll(() => bench.close())

const base = { from: 'many', target: 'yes', model: { kind: 'gbdt', trees: 1 } }
const one = (name: string, column: object, more: object = {}) => {
  return { ...base, features: { include: [name], columns: { [name]: column } }, ...more }
}

const refused: [string, object, string, RegExp, RegExp][] = [
  [
    'a logarithm of −1',
    one('below', { scale: 'log1p' }),
    'features.columns.below.scale',
    /"below" goes down to -1; "log1p" needs values above −1/,
    /yeoJohnson/,
  ],
  [
    'bins of a constant',
    one('still', { bins: 4 }),
    'features.columns.still.bins',
    /"still" is 7\.5 in every training row, so it cannot be cut/,
    /leave out its "bins"/,
  ],
  [
    'an order that lacks a value',
    one('size', { type: 'ordinal', order: ['low', 'high'] }),
    'features.columns.size.order',
    /order of column "size" lacks "middle", which the data has/,
    /every value once/,
  ],
  [
    'an order that names a value twice',
    one('size', { type: 'ordinal', order: ['low', 'middle', 'high', 'low'] }),
    'features.columns.size.order',
    /order of column "size" names a value twice/,
    /every value once/,
  ],
  [
    'more categories than inputs are made for',
    one('thousand', { encode: 'onehot' }),
    'features.columns.thousand',
    /"thousand" has 1,001 different values; onehot encoding takes at most 1,000/,
    /"minFrequency"/,
  ],
  [
    'more categories than trees take',
    one('own', { encode: 'native' }),
    'features.columns.own',
    /"own" has 13,\d\d\d different values; native encoding takes at most 10,000/,
    /hashing/,
  ],
  [
    'means of more categories and classes than a table holds',
    one('tenth', { encode: 'target' }, { target: 'number', task: 'multiclass' }),
    'features.columns.tenth',
    /"tenth" has \d+,\d\d\d values, and the target 1,000 classes: .* it takes at most 1,000,000/,
    /hashing/,
  ],
  [
    'more than 1,000 classes',
    one('size', {}, { target: 'class' }),
    'target',
    /"class" has 1,001 different values; a multiclass task takes at most 1,000/,
    /group its values/,
  ],
  [
    'classes of which some are no number',
    one('size', {}, { target: 'unsure' }),
    'target',
    /"unsure" is missing in 3 of 20,020 rows/,
    /"unsure" is not null/,
  ],
  [
    'categories that must all be in more rows than there are',
    one('size', { minFrequency: 30_000 }),
    'features.columns.size.minFrequency',
    /"minFrequency" 30000, which leaves it no category: .* in \d,\d\d\d of the 13,\d\d\d rows/,
    /smaller number/,
  ],
  [
    'categories that must all be most of the rows',
    one('size', { minFrequency: 0.5 }),
    'features.columns.size.minFrequency',
    /"minFrequency" 0\.5, which leaves it no category/,
    /share of them/,
  ],
  [
    'missing values of a column that is to have none',
    one('gap', { constraints: { missing: false } }),
    'features.columns.gap',
    /"gap" is to be present, but 3 of 20,020 rows are not/,
    /leave those rows out/,
  ],
  [
    'values below the least and missing ones',
    one('gap', { constraints: { min: 4, missing: false } }),
    'features.columns.gap',
    /"gap" is to be at least 4 and present, but 4 of 20,020 rows are not/,
    /Change its constraints/,
  ],
  [
    'an interaction twice',
    {
      ...base,
      features: {
        include: ['gap', 'size'],
        interactions: [
          ['gap', 'size'],
          ['size', 'gap'],
        ],
      },
    },
    'features.interactions[1]',
    /"size" and "gap" are features\.interactions\[0\] already/,
    /Leave one/,
  ],
]

describe('training refuses', () => {
  test.each(refused)('%s', async (_, spec, path, message, whatToDo) => {
    const ended: unknown = await bench.train(spec).catch((error: unknown) => error)
    if (!(ended instanceof Failure)) throw ended
    expect(ended.message).toMatch(message)
    expect(ended.whatToDo).toMatch(whatToDo)
    expect(ended.path).toBe(path)
  })
})

test.each([
  ['native', { kind: 'codes', categories: { length: 10_000 } }],
  ['frequency', { kind: 'frequency', categories: { length: 10_000 }, shares: { length: 10_000 } }],
  ['ordinal', { kind: 'ordinal', categories: { length: 10_000 } }],
  ['hashing', { kind: 'hashing', width: 64, categories: { length: 1_000 } }],
])('10,000 categories are trained on with "encode": "%s"', async (encode, encoder) => {
  // By time, so that the rows to train on have every category.
  await bench.sql(`create or replace view whole as select yes, tenth, row_number() over () as at from many`)
  const split = { method: 'time', column: 'at', test: 0.2, validation: 0.1 }
  const { record, files } = await bench.train({ ...one('tenth', { encode }), from: 'whole', split })
  const pipeline: Pipeline = JSON.parse(new TextDecoder().decode(files.get('features.json')))
  expect(pipeline.columns[0]).toMatchObject(encoder)
  expect(record.signature.inputs[0]?.values).toHaveLength(1_000)
  expect(record.metrics.auc).toBeGreaterThanOrEqual(0)
})
