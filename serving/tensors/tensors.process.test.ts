/** Layers that tfjs scores: as tfjs's own predict does on another backend, alone as among others, without a leak. */
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import type { Scorer } from '../../shared/models/scorer.ts'
import { openTfjsScorer } from './tensors.ts'

const rows = 70
const width = 20

function functional(): tf.LayersModel {
  const input = tf.input({ shape: [width] })
  const dense = (units: number, activation: 'relu' | 'tanh' | 'selu' | 'softmax', of: tf.SymbolicTensor) =>
    tf.layers.dense({ units, activation }).apply(of) as tf.SymbolicTensor
  const both = tf.layers.concatenate().apply([dense(16, 'relu', input), dense(16, 'tanh', input)])
  const normal = tf.layers.batchNormalization().apply(both) as tf.SymbolicTensor
  const sum = tf.layers.add().apply([normal, dense(32, 'selu', normal)]) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs: dense(3, 'softmax', sum) })
}

const reshaped = () => tf.layers.reshape({ inputShape: [width], targetShape: [5, 4] })
const models: Record<string, () => tf.LayersModel> = {
  functional,
  convolution: () =>
    tf.sequential({
      layers: [
        reshaped(),
        tf.layers.conv1d({ filters: 6, kernelSize: 2, activation: 'relu' }),
        tf.layers.maxPooling1d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    }),
  lstm: () =>
    tf.sequential({ layers: [reshaped(), tf.layers.lstm({ units: 5 }), tf.layers.dense({ units: 1 })] }),
  gru: () =>
    tf.sequential({
      layers: [
        reshaped(),
        tf.layers.gru({ units: 5 }),
        tf.layers.layerNormalization(),
        tf.layers.dense({ units: 1 }),
      ],
    }),
  embedding: () =>
    tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 50, outputDim: 4, inputLength: width }),
        tf.layers.globalAveragePooling1d({}),
        tf.layers.dense({ units: 1, activation: 'softplus' }),
      ],
    }),
}

async function opened(model: tf.LayersModel): Promise<Scorer> {
  let saved: tf.io.ModelArtifacts = {}
  await model.save({
    async save(artifacts) {
      saved = artifacts
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    },
  })
  const { weightData, weightSpecs, modelTopology } = saved
  if (!(weightData instanceof ArrayBuffer)) throw new Error('The weights are in several pieces.')
  const document = {
    format: 'layers-model',
    generatedBy: 'a test',
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
    userDefinedMetadata: { slipway: { scoredBy: 'tfjs', block: 32 } },
  }
  return openTfjsScorer(JSON.stringify(document), new Uint8Array(weightData))
}

function scored(scorer: Scorer, inputs: Float32Array, count: number): number[] {
  const out = new Float64Array(count * scorer.outputs)
  scorer.score(inputs, count, out)
  return [...out]
}

/** Whole numbers below 50, which an embedding takes as well. */
const inputs = Float32Array.from({ length: rows * width }, (_, at) => (at * 7919) % 50)

test.each(Object.keys(models))(
  '%s: to 1e-5 as on the cpu backend, and row by row the same bits',
  async (name) => {
    await tf.setBackend('cpu')
    const model = models[name]!()
    const answer = model.predict(tf.tensor2d(inputs, [rows, width]))
    if (Array.isArray(answer)) throw new Error('The model has several outputs.')
    const expected = [...answer.dataSync()]
    await tf.setBackend('wasm')
    const scorer = await opened(model)
    const found = scored(scorer, inputs, rows)
    expect(found.length).toBe(expected.length)
    expect(Math.max(...found.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThan(1e-5)
    for (let row = 0; row < rows; row += 9) {
      const alone = scored(scorer, inputs.slice(row * width, (row + 1) * width), 1)
      expect(alone).toEqual(found.slice(row * scorer.outputs, (row + 1) * scorer.outputs))
    }
  },
)

test('ten thousand predictions leave no tensor behind', async () => {
  const scorer = await opened(functional())
  scored(scorer, inputs, rows)
  const { numTensors, numDataBuffers } = tf.memory()
  for (let predicted = 0; predicted < 10_000; predicted += rows) scored(scorer, inputs, rows)
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers })
})

test('weights that do not fit, and layers that tfjs does not have, are told', async () => {
  const document = (className: string) =>
    JSON.stringify({
      format: 'layers-model',
      generatedBy: 'a test',
      modelTopology: {
        class_name: 'Sequential',
        config: { name: 'm', layers: [{ class_name: className, config: {} }] },
      },
      weightsManifest: [{ paths: ['weights.bin'], weights: [] }],
      userDefinedMetadata: { slipway: { scoredBy: 'tfjs', block: 32 } },
    })
  await expect(openTfjsScorer(document('Dense'), new Uint8Array(4))).rejects.toThrow(
    'weights.bin has 4 bytes where model.json describes 0',
  )
  await expect(openTfjsScorer(document('Mine'), new Uint8Array(0))).rejects.toThrow(
    /cannot load the model: .*Mine/,
  )
})
