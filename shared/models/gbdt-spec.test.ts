/** Every parameter of boosted trees that is out of its range is refused by its own name. */
import { describe, expect, test } from 'vitest'
import { decode } from '../decode.ts'
import { trainSpecSchema } from '../notebook/train-spec.ts'

const outOfRange: Record<string, readonly unknown[]> = {
  trees: [0, 10_001, 1.5, '300'],
  learningRate: [0, -0.1, 1.01, Number.NaN, Number.POSITIVE_INFINITY],
  maxDepth: [0, 17, 2.5],
  maxLeaves: [1, 4097, 7.5],
  minChildWeight: [-1, Number.NaN],
  l1: [-0.1, 'much'],
  l2: [-0.1, null],
  gamma: [-1],
  subsample: [0, 1.1, -0.5],
  colsample: [0, 1.1],
  maxBins: [2, 257, 20.5],
  maxCatToOnehot: [0, 257],
  monotone: ['up', 1, ['tenure']],
  patience: [-1, 10_001, 0.5],
  objective: ['hinge', 'reg:squarederror', 1],
  quantile: [0, 1, -0.2],
  classWeights: ['even', 3, ['yes']],
}

describe('refused by name', () => {
  for (const [key, values] of Object.entries(outOfRange)) {
    test(key, () => {
      for (const value of values) {
        const spec = { from: 'f', target: 't', model: { kind: 'gbdt', [key]: value } }
        expect(() => decode(trainSpecSchema, spec, 'train cell')).toThrow(new RegExp(`model\\.${key}: `))
      }
    })
  }
})

test('a monotone constraint is 1 or -1, and the message names its column', () => {
  const spec = { from: 'f', target: 't', model: { kind: 'gbdt', monotone: { tenure: 2 } } }
  expect(() => decode(trainSpecSchema, spec, 'train cell')).toThrow(
    /model\.monotone\.tenure: expected 1 \(rises\) or -1 \(falls\), found 2/,
  )
})

test('the ends of each range are in it', () => {
  const ends = [
    { trees: 1, learningRate: 1, maxDepth: 1, maxLeaves: 2, minChildWeight: 0, l1: 0, l2: 0, gamma: 0 },
    { subsample: 1, colsample: 1, maxBins: 3, maxCatToOnehot: 1, monotone: {}, patience: 0, quantile: 0.01 },
    { trees: 10_000, maxDepth: 16, maxLeaves: 4096, maxBins: 256, maxCatToOnehot: 256, patience: 10_000 },
  ]
  for (const model of ends) {
    const spec = decode(
      trainSpecSchema,
      { from: 'f', target: 't', model: { kind: 'gbdt', ...model } },
      'cell',
    )
    expect(spec.model).toEqual({ kind: 'gbdt', ...model })
  }
})
