/** Values that a search tries are held to what a train cell itself takes, before any trial is trained. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../../shared/failure.ts'
import { forChurn, forSpend, openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql(
    `create view odd as select * replace (score - 60 as score), 7.5 as still, 'c' || id % 300 as many from customers`,
  )
})
afterAll(() => bench.close())

const base = { ...forSpend, from: 'odd', model: { kind: 'gbdt', trees: 3 } }

function searching(parameters: object, more: object = {}) {
  return { ...base, search: { method: 'grid', folds: 2, parameters }, ...more }
}

/** The refusal, and how many tables of trials were shown before it. */
async function refused(spec: object): Promise<{ failure: Failure; tables: number }> {
  let tables = 0
  const ended: unknown = await bench
    .train(spec, undefined, ({ search }) => {
      if (search) tables++
    })
    .catch((error: unknown) => error)
  if (!(ended instanceof Failure)) throw ended
  return { failure: ended, tables }
}

const cases: [string, object, string, RegExp][] = [
  [
    'a minFrequency that leaves no category',
    searching({ 'features.columns.plan.minFrequency': [2, 0.9] }),
    'features.columns.plan.minFrequency',
    /^search\.parameters: "features\.columns\.plan\.minFrequency": 0\.9 cannot be tried\. Column "plan" has the "minFrequency" 0\.9, which leaves it no category: its most frequent value is in \d+ of the \d+ rows/,
  ],
  [
    'one that is drawn from a range',
    searching(
      { 'features.columns.plan.minFrequency': { min: 1000, max: 2000 } },
      {
        search: {
          method: 'random',
          trials: 2,
          folds: 2,
          parameters: { 'features.columns.plan.minFrequency': { min: 1000, max: 2000 } },
        },
      },
    ),
    'features.columns.plan.minFrequency',
    /cannot be tried\. Column "plan" has the "minFrequency" 1\d\d\d/,
  ],
  [
    'bins of a constant',
    searching({ 'features.columns.still.bins': [4] }),
    'features.columns.still.bins',
    /"features\.columns\.still\.bins": 4 cannot be tried\. Column "still" is 7\.5 in every training row/,
  ],
  [
    'a logarithm of what is below −1',
    searching({ 'features.columns.score.scale': ['standard', 'log1p'] }),
    'features.columns.score.scale',
    /: "log1p" cannot be tried\. Column "score" goes down to -5\d\.\d; "log1p" needs values above −1/,
  ],
  [
    'an order that lacks a value, with the encoder it goes with',
    searching({
      'features.columns.plan.encode': ['ordinal'],
      'features.columns.plan.order': [['month', 'year']],
    }),
    'features.columns.plan.order',
    /: \["month","year"\] cannot be tried\. The order of column "plan" lacks "two years", which the data has/,
  ],
  [
    'an encoder that the column’s type has not',
    searching({ 'features.columns.score.encode': ['target'] }),
    'features.columns.score.encode',
    /"features\.columns\.score\.encode": "target" cannot be tried\. Column "score" is numeric: "encode" does not apply/,
  ],
  [
    'values that do not go with each other',
    searching({
      'features.columns.plan.encode': ['onehot', 'hashing'],
      'features.columns.plan.minFrequency': [5],
    }),
    'features.columns.plan.encode',
    /"features\.columns\.plan\.encode": "hashing" with "features\.columns\.plan\.minFrequency": 5 cannot be tried\. .*goes with "encode": "onehot" only/,
  ],
  [
    'constraints that rows break',
    searching({ 'features.columns.score.constraints': [{ min: 0 }] }),
    'features.columns.score.constraints',
    /: \{"min":0\} cannot be tried\. Column "score" is to be at least 0, but \d+ of 400 rows are not/,
  ],
  [
    'an interaction of a column that is left out',
    searching({ 'features.interactions': [[['plan', 'label']]] }),
    'features.interactions',
    /cannot be tried\. features\.interactions\[0\]: "label" is no feature/,
  ],
  [
    'a constraint on a feature without order',
    searching({ 'model.monotone': [{ plan: 1 }] }),
    'model.monotone',
    /: \{"plan":1\} cannot be tried\. model\.monotone: feature "plan" is encoded as onehot/,
  ],
  [
    'an encoder that only some of the models take',
    searching(
      { 'model.kind': ['gbdt', 'linear'] },
      { model: { kind: 'gbdt' }, features: { ...base.features, columns: { plan: { encode: 'native' } } } },
    ),
    'model.kind',
    /"model\.kind": "linear" cannot be tried\. Column "plan" has "encode": "native", which only a "gbdt" model can take/,
  ],
  [
    'a model of another task',
    {
      ...forChurn,
      search: { method: 'grid', folds: 2, parameters: { 'model.kind': ['logistic', 'linear'] } },
      model: { kind: 'logistic' },
    },
    'model.kind',
    /"model\.kind": "linear" cannot be tried\. Model "linear" predicts a number/,
  ],
]

describe('refused by the name of the parameter and its value, before any trial', () => {
  test.each(cases)('%s', async (_, spec, parameter, message) => {
    const { failure, tables } = await refused(spec)
    expect(failure.message).toMatch(message)
    expect(failure.path).toBe(`search.parameters.${parameter}`)
    expect(failure.whatToDo).not.toBe('')
    expect(tables).toBe(0)
  })
})

test('what is wrong in the cell itself is not blamed on the search', async () => {
  const columns = { plan: { type: 'ordinal', order: ['month', 'year'] } }
  const spec = searching(
    { 'features.columns.score.scale': ['none', 'standard'] },
    { features: { ...base.features, columns } },
  )
  const { failure, tables } = await refused(spec)
  expect(failure.message).toMatch(/^The order of column "plan" lacks "two years"/)
  expect(failure.path).toBe('features.columns.plan.order')
  expect(tables).toBe(0)
})

test('a setting of the cell that every trial replaces may be one that could not be', async () => {
  const columns = { score: { scale: 'log1p' } }
  const spec = searching(
    { 'features.columns.score.scale': ['none', 'minmax'] },
    { features: { ...base.features, columns } },
  )
  const { record } = await bench.train(spec)
  expect(record.search?.trials.map(({ state }) => state)).toEqual(['done', 'done'])
})
