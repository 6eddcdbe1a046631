import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Examples, examplesSchema } from '../../shared/bundle/manifest.ts'
import { trainedRecordSchema, versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { baselineSchema } from '../../shared/drift/baseline.ts'
import { pipelineSchema } from '../../shared/features/pipeline.ts'
import { parseDenseModel } from '../../shared/models/parse-dense-model.ts'
import { createPredictor } from '../../shared/models/predictor.ts'
import { compileRowDecoder } from '../../shared/signature/decode-rows.ts'
import { signatureSchema } from '../../shared/signature/signature.ts'
import { modelNameOf } from './create-training.ts'
import {
  forChurn,
  forSpend,
  forTier,
  openTrainingBench,
  type TrainingBench,
} from './testing/training-bench.ts'
import type { TrainedModel, TrainProgress } from './training.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
})
afterAll(() => bench.close())

function textOf(model: TrainedModel, name: string): string {
  return new TextDecoder().decode(model.files.get(name))
}

function read(model: TrainedModel) {
  const examples: Examples = decodeJson(examplesSchema, textOf(model, versionFiles.examples), 'examples')
  return {
    examples,
    pipeline: decodeJson(pipelineSchema, textOf(model, versionFiles.features), 'features'),
    signature: decodeJson(signatureSchema, textOf(model, versionFiles.signature), 'signature'),
    baseline: decodeJson(baselineSchema, textOf(model, versionFiles.baseline), 'baseline'),
    model: parseDenseModel(
      textOf(model, versionFiles.modelTopology),
      model.files.get(versionFiles.modelWeights)!,
    ),
  }
}

const total = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0)

test('a classifier comes with every file of a version, a valid record and metrics above naive', async () => {
  const progress: TrainProgress[] = []
  const trained = await bench.train(forChurn, undefined, (step) => progress.push(step))
  const { record, naive, files } = trained
  expect(trainedRecordSchema.parse(record)).toEqual(record)
  expect([...files.keys()].sort()).toEqual(
    Object.values(versionFiles)
      .filter((name) => name !== 'version.json' && name !== versionFiles.onnx)
      .sort(),
  )
  expect(record.task).toBe('binary')
  expect(Object.keys(record.metrics).sort()).toEqual([
    'accuracy',
    'auc',
    'f1',
    'logLoss',
    'precision',
    'recall',
  ])
  expect(record.metrics.auc).toBeGreaterThan(0.75)
  expect(record.metrics.logLoss).toBeLessThan(naive.logLoss ?? 0)
  expect(naive.auc).toBe(0.5)
  expect(record.split.train + record.split.validation + record.split.test).toBe(400)
  expect(record.provenance).toMatchObject({
    notebook: 'a.ipynb',
    data: { relation: 'customers', sql: null, rows: 400 },
    git: { commit: 'abc123', branch: 'main', dirty: false },
    slipway: '0.0.0-test',
  })
  // No part of a logistic model is tfjs's.
  expect(record.provenance.packages).not.toHaveProperty('@tensorflow/tfjs')
  const fractions = progress.map((step) => step.fraction)
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
  expect(progress.at(-1)?.history.length).toBe(record.history.length)
  const card = textOf(trained, versionFiles.card)
  expect(card).toContain('Predicts **churned** (two classes: false, true)')
  expect(card).toContain('| tenure | numeric | 0 to 71 | accepted |')
})

test('the recorded examples replay bit for bit through the files alone, rows with missing values among them', async () => {
  for (const spec of [forChurn, forSpend, forTier]) {
    const { examples, signature, pipeline, model } = read(await bench.train(spec))
    const decoded = compileRowDecoder(signature, pipeline).records(examples.rows)
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.fields))
    const predictor = createPredictor({ signature, pipeline, model })
    const found = predictor.predict(decoded.batch)
    expect(predictor.predictions(found)).toEqual(examples.predictions)
    expect(predictor.probabilities(found) ?? undefined).toEqual(examples.probabilities)
    expect(examples.rows.length).toBeGreaterThan(50)
    expect(examples.rows.some((row) => row.tenure === null)).toBe(true)
  }
})

test('the baseline counts every training row in each feature and every test row in the outputs', async () => {
  const trained = await bench.train(forChurn)
  const { baseline, signature } = read(trained)
  expect(baseline.features.map((column) => column.layout.name)).toEqual(
    signature.inputs.map((input) => input.name),
  )
  for (const column of baseline.features) expect(total(column.stats.counts)).toBe(trained.record.split.train)
  for (const column of baseline.outputs) expect(total(column.stats.counts)).toBe(trained.record.split.test)
  expect(baseline.outputs.map((column) => column.layout.name)).toEqual(['prediction', 'score'])
  expect(baseline.layoutHash).toMatch(/^[0-9a-f]{64}$/)
})

test('the signature says what was seen: types, ranges, values, and where missing is accepted', async () => {
  const { signature } = read(await bench.train(forChurn))
  const byName = Object.fromEntries(signature.inputs.map((input) => [input.name, input]))
  expect(byName.tenure).toMatchObject({
    type: 'numeric',
    integer: true,
    min: 0,
    max: 71,
    required: false,
    missing: true,
  })
  expect(byName.plan).toMatchObject({ type: 'categorical', missing: true })
  expect(byName.plan?.values?.toSorted()).toEqual(['month', 'two years', 'year'])
  expect(byName.vip).toMatchObject({ type: 'boolean', required: true, missing: false })
  expect(byName.score).toMatchObject({ missing: true, integer: false })
  expect(byName.region).toMatchObject({ type: 'numeric', required: true })
  expect(signature.target).toEqual({ name: 'churned', sourceType: 'BOOLEAN', classes: [false, true] })
})

test('a wished type, impute and encoding are followed', async () => {
  const columns = {
    region: { type: 'categorical', encode: 'ordinal' },
    plan: { impute: 'constant', fill: 'none' },
    tenure: { impute: 'constant', fill: -1, scale: 'minmax' },
    vip: { impute: 'mean' },
  }
  const { pipeline, signature } = read(
    await bench.train({ ...forChurn, features: { ...forChurn.features, columns } }),
  )
  const byName = Object.fromEntries(pipeline.columns.map((column) => [column.name, column]))
  expect(byName.region).toEqual({ kind: 'ordinal', name: 'region', categories: ['0', '1', '2'] })
  expect(byName.plan).toEqual({
    kind: 'onehot',
    name: 'plan',
    categories: ['month', 'none', 'two years', 'year'],
    missingInput: false,
    fill: 'none',
  })
  expect(byName.tenure).toMatchObject({ fill: -1, scale: 'minmax', center: -1 })
  expect(byName.tenure?.kind === 'numeric' && byName.tenure.factor).toBeCloseTo(1 / 72, 12)
  expect(signature.inputs.find((input) => input.name === 'vip')).toMatchObject({
    required: false,
    missing: true,
  })
})

test('a linear target is found again, in its own unit', async () => {
  const { record, naive } = await bench.train({
    ...forSpend,
    features: { include: ['tenure', 'plan'] },
  })
  expect(record.task).toBe('regression')
  expect(record.metrics.r2).toBeGreaterThan(0.95)
  expect(record.metrics.rmse).toBeLessThan((naive.rmse ?? 0) / 4)
})

test('text with three values is multiclass, its labels in order', async () => {
  const { record } = await bench.train(forTier)
  expect(record.task).toBe('multiclass')
  expect(record.signature.target.classes).toEqual(['high', 'low', 'middle'])
  expect(record.metrics.accuracy).toBeGreaterThan(0.8)
})

describe('a seed makes training repeatable', () => {
  const models = {
    logistic: { kind: 'logistic' },
    minibatches: { kind: 'logistic', batchSize: 32, epochs: 4 },
    mlp: { kind: 'mlp', layers: [8, 4], activation: 'elu', dropout: 0.2, epochs: 4 },
  }
  for (const [name, model] of Object.entries(models)) {
    test(name, async () => {
      const split = { method: 'stratified', seed: 3 }
      const weights = async (spec: object) => (await bench.train(spec)).files.get(versionFiles.modelWeights)
      const first = await weights({ ...forChurn, model, split })
      expect(await weights({ ...forChurn, model, split })).toEqual(first)
      expect(await weights({ ...forChurn, model, split: { ...split, seed: 4 } })).not.toEqual(first)
    })
  }

  test('whatever the order in which the relation stores its rows', async () => {
    await bench.sql('create table shuffled as select * from customers order by hash(id)')
    const [one, other] = [await bench.train(forChurn), await bench.train({ ...forChurn, from: 'shuffled' })]
    expect(other.files.get(versionFiles.modelWeights)).toEqual(one.files.get(versionFiles.modelWeights))
    expect(other.record.provenance.data.contentHash).toBe(one.record.provenance.data.contentHash)
  })
})

test('the content hash changes with one value, and a view’s SQL is recorded', async () => {
  await bench.sql('create view older as select * from customers where id >= 0')
  await bench.sql(
    'create view changed as select * replace (case when id = 5 then 71 else tenure end as tenure) from customers',
  )
  const hashOf = async (from: string) => (await bench.train({ ...forChurn, from })).record.provenance.data
  const [same, view, changed] = [await hashOf('customers'), await hashOf('older'), await hashOf('changed')]
  expect(view.contentHash).toBe(same.contentHash)
  expect(changed.contentHash).not.toBe(same.contentHash)
  expect(view.sql).toContain('id >= 0')
})

test('early stopping keeps the best epoch', async () => {
  const model = { kind: 'mlp', layers: [32], learningRate: 0.05, epochs: 200, patience: 3 }
  const { record } = await bench.train({
    ...forChurn,
    model,
    split: { method: 'stratified', validation: 0.3 },
  })
  expect(record.history.length).toBeLessThan(200)
  const losses = record.history.map((epoch) => epoch.validationLoss ?? 0)
  expect(losses.indexOf(Math.min(...losses))).toBe(losses.length - 4)
})

test('names for the catalog are made from what there is', () => {
  expect(['Price (USD)', '2nd model', 'ok-1', '§'].map(modelNameOf)).toEqual([
    'Price__USD_',
    'nd_model',
    'ok-1',
    'model',
  ])
})

describe('stopping', () => {
  test('before it starts, while it reads and while it trains ends as cancelled and leaves nothing behind', async () => {
    const long = { ...forChurn, model: { kind: 'mlp', epochs: 10_000, patience: 0 } }
    for (const when of ['', 'reading the relation', 'fitting features', 'epoch 3 of 10000']) {
      const controller = new AbortController()
      if (when === '') controller.abort()
      const training = bench.train(long, controller.signal, ({ step }) => {
        if (step === when) controller.abort()
      })
      await expect(training).rejects.toMatchObject({ code: 'cancelled' })
    }
    const session = await bench.database.session()
    const left = await session.rows(`select table_name from duckdb_tables() where table_name like 'slipway%'`)
    session.close()
    expect(left).toEqual([])
  })

  test('closing stops what is running', async () => {
    const other = await openTrainingBench()
    const started = Promise.withResolvers<void>()
    const running = other.train(
      { ...forChurn, model: { kind: 'mlp', epochs: 10_000, patience: 0 } },
      undefined,
      ({ epochs }) => {
        if (epochs > 0) started.resolve()
      },
    )
    const ended = expect(running).rejects.toMatchObject({ code: 'cancelled' })
    await started.promise
    await other.close()
    await ended
  })
})
