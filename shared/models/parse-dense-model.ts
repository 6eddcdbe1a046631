import { z } from 'zod'
import { decodeJson } from '../decode.ts'
import { Failure } from '../failure.ts'
import { activationSchema, type DenseLayer, type DenseModel } from './dense-model.ts'
import { createDenseScorer, type DenseScorer } from './dense-scorer.ts'

/** The part of a tfjs LayersModel that is read; tfjs and Keras write more beside it, which changes no prediction. */
const layersModelSchema = z.object({
  modelTopology: z.object({
    class_name: z.literal('Sequential'),
    config: z.object({
      layers: z
        .array(
          z.discriminatedUnion('class_name', [
            z.object({
              class_name: z.literal('Dense'),
              config: z.object({
                name: z.string(),
                units: z.number().int().positive(),
                activation: activationSchema,
                use_bias: z.boolean().default(true),
              }),
            }),
            // Neither does anything at prediction time.
            z.object({ class_name: z.literal('Dropout') }),
            z.object({ class_name: z.literal('InputLayer') }),
          ]),
        )
        .min(1),
    }),
  }),
  weightsManifest: z.array(
    z.object({
      weights: z.array(
        z.object({ name: z.string(), shape: z.array(z.number().int()), dtype: z.literal('float32') }),
      ),
    }),
  ),
})

function broken(detail: string): Failure {
  return new Failure('integrity', `The model cannot be used: ${detail}.`, 'Train or package it again.')
}

function readWeights(
  specs: readonly { name: string; shape: readonly number[] }[],
  bytes: Uint8Array,
): Map<string, { shape: readonly number[]; values: Float32Array }> {
  const found = new Map<string, { shape: readonly number[]; values: Float32Array }>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  for (const { name, shape } of specs) {
    const size = shape.reduce((product, side) => product * side, 1)
    if (at + 4 * size > bytes.byteLength) {
      throw broken(`weights.bin has ${bytes.byteLength} bytes and ends inside ${name}`)
    }
    const values = new Float32Array(size)
    for (let i = 0; i < size; i++) {
      values[i] = view.getFloat32(at, true)
      at += 4
      if (!Number.isFinite(values[i]!)) throw broken(`${name} holds a value that is not finite`)
    }
    found.set(name, { shape, values })
  }
  if (at !== bytes.byteLength) {
    throw broken(`weights.bin has ${bytes.byteLength} bytes where model.json describes ${at}`)
  }
  return found
}

/**
 * Reads a stack of dense layers from tfjs LayersModel files.
 *
 * @throws Failure `invalid-input` for another topology, `integrity` where the weights do not fit it
 */
export function readDenseModel(modelJson: string, weightsBytes: Uint8Array): DenseModel {
  const document = decodeJson(layersModelSchema, modelJson, 'model.json')
  const weights = readWeights(
    document.weightsManifest.flatMap((group) => group.weights),
    weightsBytes,
  )
  const layers: DenseLayer[] = []
  let inputs: number | undefined
  for (const layer of document.modelTopology.config.layers) {
    if (layer.class_name !== 'Dense') continue
    const { name, units, activation, use_bias: hasBias } = layer.config
    const kernel = weights.get(`${name}/kernel`)
    const bias = hasBias ? weights.get(`${name}/bias`)?.values : new Float32Array(units)
    if (!kernel || !bias) throw broken(`the weights of layer ${name} are not in the manifest`)
    const rows = kernel.shape[0] ?? 0
    const fits = kernel.shape.length === 2 && kernel.shape[1] === units && bias.length === units && rows > 0
    if (!fits || (inputs !== undefined && rows !== inputs)) {
      throw broken(`layer ${name} has a kernel of ${kernel.shape.join(' × ')} for ${units} units`)
    }
    layers.push({ inputs: rows, outputs: units, kernel: kernel.values, bias, activation })
    inputs = units
  }
  if (layers.length === 0) throw broken('it has no dense layer')
  return { layers }
}

/** Reads a model ready to score. */
export function parseDenseModel(modelJson: string, weightsBytes: Uint8Array): DenseScorer {
  return createDenseScorer(readDenseModel(modelJson, weightsBytes))
}
