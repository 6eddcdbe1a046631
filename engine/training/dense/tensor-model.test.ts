/** Catches any drift between the models Slipway scores by its own code and what tfjs makes of the same files. */
import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createDenseScorer } from '../../../shared/models/dense-scorer.ts'
import { encodeDenseModel } from '../../../shared/models/encode-dense-model.ts'
import { readDenseModel } from '../../../shared/models/parse-dense-model.ts'
import { randomInputs, randomModel } from '../../../shared/models/testing/random-model.ts'
import { seededRandom } from '../seeded-random.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

async function loadInTfjs(json: string, weights: Uint8Array): Promise<tf.LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(json)
  const weightData = weights.slice().buffer
  return tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
  )
}

test('tfjs loads the stored model and predicts the same within float32’s reach', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = seededRandom(seed)
      const model = randomModel(random)
      const { rows, inputs } = randomInputs(random, model)
      const { json, weights } = encodeDenseModel(model)
      const loaded = await loadInTfjs(json, weights)
      const input = tf.tensor2d(inputs, [rows, model.layers[0]?.inputs ?? 0])
      const output = loaded.predict(input) as tf.Tensor
      const expected = output.dataSync()
      const scorer = createDenseScorer(model)
      const found = new Float64Array(rows * scorer.outputs)
      scorer.score(inputs, rows, found)
      for (const [i, value] of expected.entries()) {
        expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, ...expected.map(Math.abs)))
      }
      tf.dispose([input, output])
      loaded.dispose()
    }),
    { numRuns: 60 },
  )
})

test('a model saved by tfjs is read, its dropout passed over', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [3], units: 4, activation: 'tanh' }),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.dense({ units: 2, activation: 'softmax', useBias: false }),
    ],
  })
  let saved: tf.io.ModelArtifacts | undefined
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  const { modelTopology, weightSpecs, weightData } = saved ?? {}
  const json = JSON.stringify({
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  })
  const read = readDenseModel(json, new Uint8Array(weightData as ArrayBuffer))
  expect(read.layers.map((layer) => [layer.inputs, layer.outputs, layer.activation])).toEqual([
    [3, 4, 'tanh'],
    [4, 2, 'softmax'],
  ])
  const expected = (model.predict(tf.tensor2d([[0.1, -2, 3]])) as tf.Tensor).dataSync()
  const found = new Float64Array(2)
  createDenseScorer(read).score(Float32Array.of(0.1, -2, 3), 1, found)
  expect(found[0]).toBeCloseTo(expected[0] ?? 0, 6)
})
