/** A train cell that asks for every kind of encoder ends in files that predict what the trainer predicted. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examplesSchema } from '../../../shared/bundle/manifest.ts'
import { openApiDocument } from '../../../shared/bundle/openapi/openapi-document.ts'
import { versionFiles } from '../../../shared/catalog/version.ts'
import { decodeJson } from '../../../shared/decode.ts'
import { pipelineSchema } from '../../../shared/features/pipeline.ts'
import { parseModel } from '../../../shared/models/parse-model.ts'
import { createPredictor } from '../../../shared/models/predictor.ts'
import { compileRowDecoder } from '../../../shared/signature/decode-rows.ts'
import { signatureSchema } from '../../../shared/signature/signature.ts'
import { everyColumn, everythingSql, forEverything } from '../testing/every-encoder.ts'
import { openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'
import type { TrainedModel } from '../training.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql(everythingSql)
  await bench.sql(
    `create table many as select i % 2 = 0 as y, 'city ' || (i % 10007) as city, i % 13 as x from range(20014) t(i)`,
  )
})
afterAll(() => bench.close())

const textOf = (model: TrainedModel, name: string) => new TextDecoder().decode(model.files.get(name))

function read(trained: TrainedModel) {
  const weights = trained.files.get(versionFiles.modelWeights) ?? null
  const model = parseModel(textOf(trained, versionFiles.modelTopology), weights)
  const pipeline = decodeJson(pipelineSchema, textOf(trained, versionFiles.features), 'features')
  const signature = decodeJson(signatureSchema, textOf(trained, versionFiles.signature), 'signature')
  const examples = decodeJson(examplesSchema, textOf(trained, versionFiles.examples), 'examples')
  return { pipeline, signature, examples, predictor: createPredictor({ signature, pipeline, model }) }
}

test('every encoder goes through training into files that replay the examples bit for bit', async () => {
  for (const model of [{ kind: 'logistic' }, { kind: 'gbdt', trees: 5 }]) {
    const { pipeline, signature, examples, predictor } = read(await bench.train({ ...forEverything, model }))
    expect(new Set(pipeline.columns.map((column) => column.kind))).toEqual(
      new Set([
        'numeric',
        'bins',
        'onehot',
        'target',
        'hashing',
        'frequency',
        'ordinal',
        'boolean',
        'timestamp',
        'text',
      ]),
    )
    expect(JSON.stringify(pipeline)).not.toContain('"folds"')
    expect(signature.inputs.find(({ name }) => name === 'written')?.type).toBe('timestamp')
    const decoder = compileRowDecoder(signature, pipeline)
    const decoded = decoder.records(examples.rows)
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.fields))
    const found = predictor.predict(decoded.batch)
    expect(predictor.probabilities(found)).toEqual(examples.probabilities)
    const row = { ...examples.rows[0], standard: 101 }
    const refused = decoder.records([row])
    expect(refused).toMatchObject({ ok: false, fields: [{ column: 'standard', found: 'the number 101' }] })
    const document = JSON.stringify(openApiDocument({ name: 'm', version: 1, signature, example: {} }))
    expect(document).toContain('"maximum":100')
  }
})

test('ten thousand categories are encoded by the target, and one input each is refused', async () => {
  const { pipeline } = read(await bench.train({ from: 'many', target: 'y' }))
  expect(pipeline.columns.find(({ name }) => name === 'city')?.kind).toBe('target')
  const features = { columns: { city: { encode: 'onehot' } } }
  await expect(bench.train({ from: 'many', target: 'y', features })).rejects.toMatchObject({
    message: expect.stringMatching(/"city" has [\d,]+ different values; onehot encoding takes at most 1,000/),
    path: 'features.columns.city',
  })
})

test('data that breaks a constraint is not trained on', async () => {
  const features = { columns: { ...everyColumn, standard: { constraints: { max: 50 } } } }
  await expect(bench.train({ ...forEverything, features })).rejects.toMatchObject({
    message: expect.stringMatching(/"standard" is to be at most 50, but \d+ of 400 rows are not/),
  })
})

test('a pattern is held against the training rows as serving holds it against requests: the whole value', async () => {
  const asking = (pattern: string) => ({
    ...forEverything,
    features: { columns: { ...everyColumn, onehot: { constraints: { pattern } } } },
    model: { kind: 'gbdt', trees: 2 },
  })
  await expect(bench.train(asking('month|year'))).rejects.toMatchObject({
    message: expect.stringMatching(
      /^Column "onehot" is to match month\|year, but \d+ of 400 rows do not, such as "two years"\.$/,
    ),
    path: 'features.columns.onehot',
  })
  const { signature } = read(await bench.train(asking('(two )?\\p{L}+')))
  expect(signature.inputs.find(({ name }) => name === 'onehot')?.constraints).toEqual({
    pattern: '(two )?\\p{L}+',
  })
})
