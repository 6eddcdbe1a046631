/**
 * The round trip catches drift between what is written and what is read; the equality of one by one and batched
 * catches sums whose order depends on the batch. Agreement with tfjs is tested in engine/training/tensor-model.test.ts.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../drift/testing/seeded-random.ts'
import { assemblePipeline } from '../features/assemble-pipeline.ts'
import { sliceRows } from '../features/batch-buffers.ts'
import { randomBatch, randomPipeline } from '../features/testing/random-pipeline.ts'
import type { Signature } from '../signature/signature.ts'
import type { DenseModel } from './dense-model.ts'
import { createDenseScorer } from './dense-scorer.ts'
import { encodeDenseModel } from './encode-dense-model.ts'
import { parseDenseModel, readDenseModel } from './parse-dense-model.ts'
import { createPredictor } from './predictor.ts'
import { randomInputs, randomModel } from './testing/random-model.ts'

const one: DenseModel = {
  layers: [
    {
      inputs: 2,
      outputs: 1,
      kernel: Float32Array.of(2, -1),
      bias: Float32Array.of(0.5),
      activation: 'sigmoid',
    },
  ],
}

test('a model read back is the model written', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const model = randomModel(seededRandom(seed))
      const { json, weights } = encodeDenseModel(model)
      expect(readDenseModel(json, weights)).toEqual(model)
    }),
  )
})

test('one by one equals batched bit for bit', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed)
      const model = randomModel(random)
      const { rows, inputs } = randomInputs(random, model)
      const scorer = createDenseScorer(model)
      const batched = new Float64Array(rows * scorer.outputs)
      scorer.score(inputs, rows, batched)
      const alone = new Float64Array(scorer.outputs)
      for (let r = rows - 1; r >= 0; r--) {
        scorer.score(inputs.subarray(r * scorer.inputs), 1, alone)
        expect(alone).toEqual(batched.slice(r * scorer.outputs, (r + 1) * scorer.outputs))
      }
    }),
  )
})

test('a softmax head survives outputs that overflow exp()', () => {
  const kernel = Float32Array.of(1000, -1000)
  const layer = { inputs: 1, outputs: 2, kernel, bias: new Float32Array(2), activation: 'softmax' as const }
  const out = new Float64Array(2)
  createDenseScorer({ layers: [layer] }).score(Float32Array.of(5), 1, out)
  expect(Array.from(out)).toEqual([1, 0])
})

describe('a damaged model is refused with what is wrong', () => {
  const { json, weights } = encodeDenseModel(one)
  const cases: [string, string, Uint8Array, RegExp][] = [
    ['weights cut short', json, weights.slice(0, -1), /11 bytes and ends inside dense_1\/bias/],
    ['weights too long', json, new Uint8Array(16), /16 bytes where model.json describes 12/],
    ['a weight that is not finite', json, new Uint8Array(12).fill(255), /not finite/],
    [
      'another number of units',
      json.replace('"units": 1', '"units": 3'),
      weights,
      /kernel of 2 × 1 for 3 units/,
    ],
    ['another layer', json.replace('"Dense"', '"Conv2D"'), weights, /layers\[0\]\.class_name/],
    ['no JSON', json.slice(1), weights, /model.json is not JSON/],
  ]
  for (const [name, text, bytes, message] of cases) {
    test(name, () => expect(() => parseDenseModel(text, bytes)).toThrow(message))
  }
})

describe('predictions', () => {
  const pipeline = assemblePipeline([
    { kind: 'numeric', name: 'a', impute: 'mean', fill: 0, scale: 'none', center: 0, factor: 1 },
    { kind: 'numeric', name: 'b', impute: 'mean', fill: 0, scale: 'none', center: 0, factor: 1 },
  ])
  const signature: Signature = {
    version: 1,
    task: 'binary',
    inputs: [],
    target: { name: 'y', sourceType: 'BOOLEAN', classes: [false, true] },
  }

  test('a probability of exactly one half is the positive class, in the label’s own type', () => {
    const predictor = createPredictor({ signature, pipeline, model: createDenseScorer(one) })
    const columns = [Float64Array.of(-0.25, 1, -1), Float64Array.of(0, 0, 0)]
    const found = predictor.predict({ rows: 3, columns })
    expect(predictor.predictions(found)).toEqual([true, true, false])
    expect(predictor.probabilities(found)?.[0]).toEqual([0.5, 0.5])
    expect(Array.from(found.scores.subarray(0, 1))).toEqual([0.5])
  })

  test('several classes: the largest probability wins, and regression has none', () => {
    const layer = { inputs: 2, outputs: 3, kernel: new Float32Array(6), bias: Float32Array.of(0, 2, 1) }
    const many = createPredictor({
      signature: {
        ...signature,
        task: 'multiclass',
        target: { name: 'y', sourceType: 'INTEGER', classes: [10, 20, 30] },
      },
      pipeline,
      model: createDenseScorer({ layers: [{ ...layer, activation: 'softmax' }] }),
    })
    const found = many.predict({ rows: 1, columns: [Float64Array.of(1), Float64Array.of(1)] })
    expect(many.predictions(found)).toEqual([20])
    expect(many.probabilities(found)?.[0]?.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    const number = createPredictor({
      signature: { ...signature, task: 'regression', target: { name: 'y', sourceType: 'DOUBLE' } },
      pipeline,
      model: createDenseScorer({ layers: [{ ...one.layers[0]!, activation: 'linear' }] }),
    })
    const value = number.predict({ rows: 1, columns: [Float64Array.of(3), Float64Array.of(1)] })
    expect([number.predictions(value), number.probabilities(value)]).toEqual([[5.5], null])
  })

  test('a row is predicted the same alone and among others', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed)
        const pipeline = randomPipeline(random)
        const batch = randomBatch(random, pipeline, 8)
        const kernel = Float32Array.from({ length: pipeline.width }, (_, i) => Math.sin(i))
        const layer = {
          inputs: pipeline.width,
          outputs: 1,
          kernel,
          bias: Float32Array.of(0.1),
          activation: 'sigmoid' as const,
        }
        const predictor = createPredictor({
          signature,
          pipeline,
          model: createDenseScorer({ layers: [layer] }),
        })
        const whole = predictor.predict(batch).scores.slice(0, batch.rows)
        for (let r = 0; r < batch.rows; r++) {
          expect(predictor.predict(sliceRows(batch, r, r + 1)).scores[0]).toBe(whole[r])
        }
      }),
    )
  })

  test('a model that does not fit its pipeline is refused', () => {
    expect(() =>
      createPredictor({
        signature,
        pipeline: assemblePipeline([pipeline.columns[0]!]),
        model: createDenseScorer(one),
      }),
    ).toThrow(/2 inputs to 1 outputs; the pipeline and signature need 1 and 1/)
  })
})
