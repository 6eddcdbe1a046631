/** Constraints that come with a model made elsewhere are held against its columns and rows, and requests to them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeDenseModel } from '../../../shared/models/encode-dense-model.ts'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import type { Constraints } from '../../../shared/signature/constraints.ts'
import { openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql('create view fed as select tenure + 1 as more, plan, vip, churned from customers')
})
afterAll(() => bench.close())

const plain = {
  from: 'customers',
  target: 'churned',
  features: { include: ['tenure', 'plan', 'vip', 'joined'], columns: { tenure: { impute: 'mean' } } },
}
const throughSql = { from: 'fed', target: 'churned', servingInput: 'customers' }

/** Registers a network of one layer with constraints added to the signature of its features. */
async function register(spec: object, constraints: Record<string, Constraints>) {
  const [origin, signal] = [null, new AbortController().signal]
  const parsed = trainSpecSchema.parse({ ...spec, model: { kind: 'tfjs', layers: ['Dense'], parameters: 1 } })
  const shared = { spec: parsed, defaultName: 'made', origin, signal }
  const { signature, pipeline, fingerprint } = await bench.training.fitFeatures(shared)
  const { width } = pipeline
  const kernel = new Float32Array(width).fill(0.01)
  const layer = {
    inputs: width,
    outputs: 1,
    kernel,
    bias: new Float32Array(1),
    activation: 'sigmoid' as const,
  }
  const { json: modelJson, weights } = encodeDenseModel({ layers: [layer] })
  const inputs = signature.inputs.map((input) => {
    const added = constraints[input.name]
    return added ? { ...input, constraints: added } : input
  })
  const given = { modelJson, weights, fingerprint, signature: { ...signature, inputs } }
  const { record } = await bench.training.train({ ...shared, given, onProgress: () => undefined })
  return new Map(record.signature.inputs.map((input) => [input.name, input]))
}

test('constraints that the rows keep are the version’s, and decide what may be missing', async () => {
  const inputs = await register(plain, {
    tenure: { min: 0, max: 120 },
    plan: { values: ['month', 'year', 'two years'], required: true },
    vip: { missing: true },
    joined: { min: '2024-01-01', missing: false },
  })
  expect(inputs.get('tenure')).toMatchObject({ constraints: { min: 0, max: 120 }, missing: true })
  expect(inputs.get('plan')).toMatchObject({ missing: true, required: true })
  expect(inputs.get('vip')).toMatchObject({ missing: true, required: false })
  expect(inputs.get('joined')).toMatchObject({ missing: false, required: true })
})

test.each<[string, object, Record<string, Constraints>, RegExp]>([
  [
    'a least above the most',
    plain,
    { tenure: { min: 9, max: 1 } },
    /"tenure" is to be at least 9 and at most 1/,
  ],
  [
    'a pattern of a number',
    plain,
    { tenure: { pattern: 'x' } },
    /"tenure" is numeric: its constraints may not/,
  ],
  ['a bound of a truth value', plain, { vip: { max: 1 } }, /"vip" is boolean: its constraints may not/],
  [
    'a bound that rows break',
    plain,
    { tenure: { max: 30 } },
    /"tenure" is to be at most 30, but \d+ of 400 rows/,
  ],
  [
    'values that rows do not have',
    plain,
    { plan: { values: ['month'] } },
    /"plan" is to be one of its "values", but/,
  ],
  [
    'a pattern that rows break',
    plain,
    { plan: { pattern: '[a-z]+' } },
    /"plan" is to match .* such as "two years"/,
  ],
  [
    'missing values',
    plain,
    { tenure: { missing: false } },
    /"tenure" is to be present, but 11 of 400 rows are not/,
  ],
  [
    'a date that rows come before',
    plain,
    { joined: { min: '2024-02-01' } },
    /"joined" is to be at least 2024-02-01/,
  ],
  [
    'a bound on what SQL is fed with',
    throughSql,
    { tenure: { max: 30 } },
    /"tenure" of the serving input is to be at/,
  ],
  ['a pattern of such a number', throughSql, { tenure: { pattern: 'x' } }, /"tenure" is numeric/],
])('%s is refused', async (_, spec, constraints, message) => {
  await expect(register(spec, constraints)).rejects.toMatchObject({
    code: 'invalid-input',
    path: 'signature',
    message: expect.stringMatching(message),
  })
})

test('where SQL makes the features, requests are held to constraints on what it is fed with', async () => {
  const inputs = await register(throughSql, { tenure: { min: 0, max: 120 } })
  expect([...inputs.keys()].sort()).toEqual(['plan', 'tenure', 'vip'])
  expect(inputs.get('tenure')).toMatchObject({ constraints: { min: 0, max: 120 }, missing: true })
})
