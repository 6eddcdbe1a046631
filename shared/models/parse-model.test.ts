import { expect, test } from 'vitest'
import { seededRandom } from '../drift/testing/seeded-random.ts'
import { encodeDenseModel } from './encode-dense-model.ts'
import { encodeGbdtModel } from './gbdt/encode-gbdt-model.ts'
import { randomGbdt } from './gbdt/testing/random-gbdt.ts'
import { parseModel, weightsFileOf } from './parse-model.ts'
import { randomModel } from './testing/random-model.ts'

test('a model is read by what its file says it is', () => {
  const trees = randomGbdt(seededRandom(1))
  const dense = randomModel(seededRandom(1))
  const { json, weights } = encodeDenseModel(dense)
  expect(weightsFileOf(json)).toBe('model/weights.bin')
  expect(weightsFileOf(encodeGbdtModel(trees))).toBe(null)
  expect(parseModel(json, weights).inputs).toBe(dense.layers[0]?.inputs)
  expect(parseModel(encodeGbdtModel(trees), null).inputs).toBe(trees.features)
})

test('a model that needs its weights is refused without them', () => {
  const { json } = encodeDenseModel(randomModel(seededRandom(1)))
  expect(() => parseModel(json, null)).toThrow(/weights.bin has 0 bytes/)
})
