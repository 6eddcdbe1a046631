/**
 * The round trip catches drift between what is written and what is read; the fixture, recorded from Python's xgboost
 * by bench/peers/record-gbdt.py, catches drift from XGBoost's format and semantics; the equality of one by one and
 * batched catches sums whose order depends on the batch.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../drift/testing/seeded-random.ts'
import { encodeGbdtModel } from './encode-gbdt-model.ts'
import fixture from './fixtures/xgboost-models.json' with { type: 'json' }
import { createGbdtScorer } from './gbdt-scorer.ts'
import { parseGbdtModel, readGbdtModel } from './parse-gbdt-model.ts'
import { randomGbdt, randomGbdtRows } from './testing/random-gbdt.ts'
import type { GbdtModel } from './tree-model.ts'

test('a model read back is the model written', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const model = randomGbdt(seededRandom(seed))
      expect(readGbdtModel(encodeGbdtModel(model))).toEqual(model)
    }),
  )
})

test('one by one equals batched bit for bit', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed)
      const model = randomGbdt(random)
      const { rows, inputs } = randomGbdtRows(random, model.features)
      const scorer = createGbdtScorer(model)
      const batched = new Float64Array(rows * scorer.outputs)
      scorer.score(inputs, rows, batched)
      const alone = new Float64Array(scorer.outputs)
      for (let r = rows - 1; r >= 0; r--) {
        scorer.score(inputs.subarray(r * scorer.inputs), 1, alone)
        expect(alone).toEqual(batched.slice(r * scorer.outputs, (r + 1) * scorer.outputs))
      }
    }),
    { numRuns: 30 },
  )
})

describe('a model trained by XGBoost predicts what XGBoost predicts', () => {
  for (const { name, rows, model, expected } of fixture.models) {
    test(name, () => {
      const inputs = Float32Array.from(rows.flat(), (value) => value ?? Number.NaN)
      for (const scorer of [parseGbdtModel(model), parseGbdtModel(encodeGbdtModel(readGbdtModel(model)))]) {
        const scores = new Float64Array(rows.length * scorer.outputs)
        scorer.score(inputs, rows.length, scores)
        const largest = expected
          .flat()
          .map((value, i) => Math.abs(scores[i]! - value) / Math.max(1, Math.abs(value)))
          .reduce((a, b) => Math.max(a, b), 0)
        expect(scores.length).toBe(expected.flat().length)
        expect(largest).toBeLessThan(1e-6)
      }
    })
  }
})

test('a row goes left below the threshold as float32, right at it, and by default where missing', () => {
  const stump: GbdtModel = {
    objective: 'reg:squarederror',
    quantile: 0.5,
    features: 1,
    featureNames: [],
    categorical: [],
    groups: 1,
    baseScore: Float32Array.of(0),
    treeGroup: Int32Array.of(0),
    trees: [
      {
        feature: Int32Array.of(0, 0, 0),
        threshold: Float32Array.of(0.1, 0, 0),
        left: Int32Array.of(1, -1, -1),
        right: Int32Array.of(2, -1, -1),
        defaultLeft: Uint8Array.of(1, 0, 0),
        rightCategories: new Map(),
        weight: Float32Array.of(0, -1, 1),
        gain: new Float32Array(3),
        cover: new Float32Array(3),
      },
    ],
  }
  const scores = new Float64Array(4)
  createGbdtScorer(stump).score(Float32Array.of(0.1, 0.0999, Number.NaN, Number.POSITIVE_INFINITY), 4, scores)
  expect(Array.from(scores)).toEqual([1, -1, -1, 1])
})

describe('a model that cannot be used is refused with what is wrong', () => {
  const json = fixture.models[0]?.model ?? ''
  const cases: [string, string, RegExp][] = [
    ['no JSON', json.slice(1), /model.json is not JSON/],
    [
      'another booster',
      json.replace('"name":"gbtree"', '"name":"dart"'),
      /booster is "dart"; expected "gbtree"/,
    ],
    [
      'another objective',
      json.replace('binary:logistic', 'rank:ndcg'),
      /objective is "rank:ndcg"; expected binary/,
    ],
    [
      'a categorical split without its categories',
      json.replace('"split_type":[0', '"split_type":[1'),
      /node 0 of trees\[0\] splits on categories that are not there/,
    ],
    [
      'a child that is not there',
      json.replace('"left_children":[1', '"left_children":[99'),
      /node 0 has child 99/,
    ],
    ['a cycle', json.replace('"left_children":[1', '"left_children":[0'), /trees\[0\] is no tree/],
    [
      'a list cut short',
      json.replace(/"sum_hessian":\[[^,]*,/, '"sum_hessian":['),
      /trees\[0\] has lists of/,
    ],
    [
      'a feature that is not there',
      json.replace('"num_feature":"4","num_target"', '"num_feature":"1","num_target"'),
      /splits on feature \d of 1/,
    ],
    [
      'a base that is no number',
      json.replace(/"base_score":"[^"]*"/, '"base_score":"x"'),
      /base_score is "x"/,
    ],
    ['several targets', json.replace('"num_target":"1"', '"num_target":"2"'), /predicts 2 targets/],
  ]
  for (const [name, text, message] of cases) {
    test(name, () => {
      expect(text).not.toBe(json)
      expect(() => parseGbdtModel(text)).toThrow(message)
    })
  }
})
