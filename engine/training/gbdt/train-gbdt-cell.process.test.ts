import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examplesSchema } from '../../../shared/bundle/manifest.ts'
import { versionFiles } from '../../../shared/catalog/version.ts'
import { decodeJson } from '../../../shared/decode.ts'
import { pipelineSchema } from '../../../shared/features/pipeline.ts'
import { readGbdtModel } from '../../../shared/models/gbdt/parse-gbdt-model.ts'
import { parseModel } from '../../../shared/models/parse-model.ts'
import { createPredictor } from '../../../shared/models/predictor.ts'
import { compileRowDecoder } from '../../../shared/signature/decode-rows.ts'
import { signatureSchema } from '../../../shared/signature/signature.ts'
import {
  forChurn,
  forSpend,
  forTier,
  openTrainingBench,
  type TrainingBench,
} from '../testing/training-bench.ts'
import type { TrainedModel } from '../training.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
})
afterAll(() => bench.close())

const textOf = (model: TrainedModel, name: string) => new TextDecoder().decode(model.files.get(name))
const gbdt = (more: object = {}) => ({ kind: 'gbdt', trees: 30, ...more })

test('boosted trees come as one file, in XGBoost’s format, and replay their examples bit for bit', async () => {
  const native = { ...forChurn.features, columns: { plan: { encode: 'native' } } }
  for (const spec of [forChurn, forSpend, forTier, { ...forChurn, features: native }]) {
    const trained = await bench.train({ ...spec, model: gbdt() })
    expect(trained.files.has(versionFiles.modelWeights)).toBe(false)
    const json = textOf(trained, versionFiles.modelTopology)
    const pipeline = decodeJson(pipelineSchema, textOf(trained, versionFiles.features), 'features')
    const signature = decodeJson(signatureSchema, textOf(trained, versionFiles.signature), 'signature')
    const examples = decodeJson(examplesSchema, textOf(trained, versionFiles.examples), 'examples')
    expect(readGbdtModel(json).features).toBe(pipeline.width)
    const predictor = createPredictor({ signature, pipeline, model: parseModel(json, null) })
    const decoded = compileRowDecoder(signature, pipeline).records(examples.rows)
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.fields))
    expect(predictor.predictions(predictor.predict(decoded.batch))).toEqual(examples.predictions)
    const { record, naive } = trained
    const [found, plain] = record.metrics.logLoss
      ? [record.metrics.logLoss, naive.logLoss ?? 0]
      : [record.metrics.rmse ?? 0, naive.rmse ?? 0]
    expect(found).toBeLessThan(plain)
    expect(record.provenance.packages).not.toHaveProperty('@tensorflow/tfjs')
  }
})

test('telecom churn is told apart as well as XGBoost tells it', async () => {
  const file = fileURLToPath(
    new URL('../../../resources/samples/churn/data/telco_churn.csv', import.meta.url),
  )
  await bench.sql(`create table telco as from '${file.replaceAll("'", "''")}'`)
  const model = { kind: 'gbdt', learningRate: 0.05, maxDepth: 4 }
  const { record } = await bench.train({ from: 'telco', target: 'churn', model })
  expect(record.metrics.auc).toBeGreaterThan(0.83)
  expect(record.history.length).toBeLessThan(300)
})

test('a seed makes trees repeatable', async () => {
  const json = async (seed: number) => {
    const split = { method: 'stratified', seed }
    const model = gbdt({ subsample: 0.7, colsample: 0.6 })
    return textOf(await bench.train({ ...forChurn, model, split }), versionFiles.modelTopology)
  }
  const first = await json(3)
  expect(await json(3)).toBe(first)
  expect(await json(4)).not.toBe(first)
})

test('objectives of a regression are refused for classes, and counts below zero are', async () => {
  await expect(bench.train({ ...forChurn, model: gbdt({ objective: 'poisson' }) })).rejects.toMatchObject({
    path: 'model.objective',
    message: expect.stringContaining('makes this a binary task'),
  })
  await bench.sql('create table below as select * replace (spend - 100 as spend) from customers')
  const spec = { ...forSpend, from: 'below', model: gbdt({ objective: 'poisson' }) }
  await expect(bench.train(spec)).rejects.toMatchObject({
    path: 'model.objective',
    message: expect.stringContaining('goes down to'),
  })
})

test('stopping ends as cancelled, also while two threads are at work on many rows', async () => {
  await bench.sql(`create table many as select * exclude (id), i as id from customers, range(300) t(i)`)
  for (const from of ['customers', 'many']) {
    const controller = new AbortController()
    const model = gbdt({ trees: 10_000, patience: 0 })
    const training = bench.train({ ...forChurn, from, model }, controller.signal, ({ step }) => {
      if (step === 'round 40 of 10000') controller.abort()
    })
    await expect(training).rejects.toMatchObject({ code: 'cancelled' })
  }
})

test('categories are split natively where asked, and stored as XGBoost stores them', async () => {
  const features = { ...forSpend.features, columns: { plan: { encode: 'native' } } }
  const trained = await bench.train({ ...forSpend, features, model: gbdt({ trees: 100, maxCatToOnehot: 1 }) })
  const model = readGbdtModel(textOf(trained, versionFiles.modelTopology))
  const names = trained.record.signature.inputs.map((input) => input.name)
  expect(model.categorical).toEqual(names.map((name) => name === 'plan'))
  expect(model.trees.some((tree) => tree.rightCategories.size > 0)).toBe(true)
  expect(trained.record.metrics.r2).toBeGreaterThan(0.85)
})

const monotone = { tenure: 1, vip: -1 } as const
const refusals: [string, object, RegExp][] = [
  ['an absent column', { ...forSpend, model: gbdt({ monotone: { gone: 1 } }) }, /no feature "gone"/],
  [
    'a column without order',
    { ...forSpend, model: gbdt({ monotone: { plan: 1 } }) },
    /"plan" is encoded as /,
  ],
  ['several classes', { ...forTier, model: gbdt({ monotone }) }, /several classes/],
  [
    'an absolute error',
    { ...forSpend, model: gbdt({ monotone, objective: 'absolute' }) },
    /do not hold with the objective "absolute"/,
  ],
]
for (const [name, spec, message] of refusals) {
  test(`monotone constraints are refused for ${name}`, async () => {
    await expect(bench.train(spec)).rejects.toMatchObject({
      path: 'model.monotone',
      message: expect.stringMatching(message),
    })
  })
}

test('with a monotone constraint, longer tenure never predicts less', async () => {
  const trained = await bench.train({ ...forChurn, model: gbdt({ monotone }) })
  const model = parseModel(textOf(trained, versionFiles.modelTopology), null)
  const pipeline = decodeJson(pipelineSchema, textOf(trained, versionFiles.features), 'features')
  const at = pipeline.inputs.indexOf('tenure')
  const rows = new Float32Array(80 * pipeline.width).fill(1)
  for (let r = 0; r < 80; r++) rows[r * pipeline.width + at] = r
  const scores = new Float64Array(80)
  model.score(rows, 80, scores)
  for (let r = 1; r < 80; r++) expect(scores[r]!).toBeGreaterThanOrEqual(scores[r - 1]!)
})
