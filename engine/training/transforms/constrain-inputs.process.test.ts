/** What requests are held to where SQL lies between them and the model. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql(`create view fed as
    select tenure, plan, vip, region * 10 as region, joined, abs(tenure - 30) as away, churned from customers`)
})
afterAll(() => bench.close())

const base = { from: 'fed', target: 'churned', servingInput: 'customers', model: { kind: 'gbdt', trees: 2 } }
const train = (columns: object, more: object = {}) =>
  bench.train({ ...base, features: { exclude: ['joined'], columns }, ...more })

test('requests are held to constraints of what the SQL hands on as it came, and to inputConstraints', async () => {
  const trained = await train(
    {
      tenure: { constraints: { min: 0, max: 80 } },
      // No customer lacks it in training; one that asks may.
      vip: { constraints: { missing: true } },
      plan: { constraints: { values: ['month', 'year', 'two years'], required: true } },
      // Of the same name as a column of the serving input, but another one.
      region: { constraints: { max: 20 } },
      away: { constraints: { min: 0 } },
    },
    { inputConstraints: { plan: { pattern: '[a-z ]+' }, region: { min: 0, max: 2, integer: true } } },
  )
  const inputs = new Map(trained.record.signature.inputs.map((input) => [input.name, input]))
  expect(inputs.get('tenure')).toMatchObject({
    constraints: { min: 0, max: 80 },
    missing: true,
    required: false,
  })
  expect(inputs.get('vip')).toMatchObject({ constraints: { missing: true }, missing: true, required: false })
  const plan = { values: ['month', 'year', 'two years'], required: true, pattern: '[a-z ]+' }
  expect(inputs.get('plan')).toMatchObject({ constraints: plan, missing: true, required: true })
  expect(inputs.get('region')?.constraints).toEqual({ min: 0, max: 2, integer: true })
  const warnings = trained.record.warnings?.filter(({ kind }) => kind === 'constraint')
  expect(warnings).toMatchObject([
    { column: 'region', message: expect.stringContaining('the SQL after "customers" makes this column') },
    { column: 'away', whatToDo: expect.stringContaining('"inputConstraints"') },
  ])
})

test.each([
  [{ region: { max: 1 } }, /"region" of the serving input is to be at most 1, but 133 of 400 rows are not/],
  [
    { tenure: { missing: false } },
    /"tenure" of the serving input is to be present, but 11 of 400 rows are not/,
  ],
  [{ plan: { pattern: 'month' } }, /"plan" is to match month, but \d+ of 400 rows do not/],
  [{ plan: { min: 3 } }, /"plan" is categorical: its constraints may not have "min"/],
  [{ away: { max: 5 } }, /requests do not carry a column "away" of "customers"/],
  [{ spend: { min: 3 } }, /requests do not carry a column "spend" of "customers"/],
])('inputConstraints that cannot be kept are refused: %j', async (inputConstraints, message) => {
  await expect(train({}, { inputConstraints })).rejects.toMatchObject({
    message: expect.stringMatching(message),
    path: expect.stringMatching(/^inputConstraints|^features.columns.plan$/),
  })
})

test('without SQL in between, constraints belong to the features', async () => {
  const { servingInput: _, ...plain } = base
  await expect(
    bench.train({ ...plain, features: { exclude: ['joined'] }, inputConstraints: { region: { max: 2 } } }),
  ).rejects.toMatchObject({ path: 'inputConstraints', whatToDo: expect.stringContaining('features.columns') })
})
