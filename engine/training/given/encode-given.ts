import { z } from 'zod'
import { decode } from '../../../shared/decode.ts'
import { Failure } from '../../../shared/failure.ts'
import { encodeDenseModel } from '../../../shared/models/encode-dense-model.ts'
import type { TfjsSpec } from '../../../shared/models/model-spec.ts'
import { readDenseModel } from '../../../shared/models/parse-dense-model.ts'
import {
  type TfjsDocument,
  tfjsDocumentSchema,
  weightBytes,
} from '../../../shared/models/tfjs/tfjs-document.ts'

/** Rows that tfjs scores together: enough to hide what a call costs, few enough for a single row. */
const block = 32

/** What `model.save` of tfjs hands over. */
export const savedModelSchema = z.strictObject({
  format: z.string(),
  topology: z.record(z.string(), z.unknown()),
  weights: tfjsDocumentSchema.shape.weightsManifest.element.shape.weights,
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes'),
})
export type SavedModel = z.infer<typeof savedModelSchema>

export interface EncodedGiven {
  modelJson: string
  weights: Uint8Array
  spec: TfjsSpec
}

const layerSchema = z.object({
  class_name: z.string(),
  config: z.object({ batch_input_shape: z.array(z.number().nullable()).optional() }).loose(),
})
const topologySchema = z.object({
  class_name: z.string(),
  config: z.object({ layers: z.array(layerSchema) }),
})
type Layer = z.infer<typeof layerSchema>

/** Class names of all layers, those inside of others included. */
function layerNames(layers: readonly Layer[]): string[] {
  return layers.flatMap((layer) => {
    const inner = topologySchema.safeParse(layer)
    return inner.success ? layerNames(inner.data.config.layers) : [layer.class_name]
  })
}

function checkWeights({ weights, bytes }: SavedModel): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let parameters = 0
  for (const { name, shape, dtype } of weights) {
    const size = shape.reduce((product, side) => product * side, 1)
    parameters += size
    for (let i = 0; i < size && dtype === 'float32'; i++) {
      const value = view.getFloat32(at + 4 * i, true)
      if (Number.isFinite(value)) continue
      throw new Failure(
        'invalid-input',
        `The weight "${name}" holds ${value}: the model did not converge to numbers.`,
        'Train it with a lower learning rate, or check what it was trained on; then register it.',
      )
    }
    at += dtype === 'bool' ? size : 4 * size
  }
  return parameters
}

/** A stack of dense layers on rows of numbers, which our own code scores; null for anything else. */
function asDense(document: TfjsDocument, weights: Uint8Array, layers: readonly Layer[]) {
  const shape = layers[0]?.config.batch_input_shape
  if (shape?.length !== 2) return null
  try {
    return encodeDenseModel(readDenseModel(JSON.stringify(document), weights))
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}

/**
 * A model of tfjs as a version stores it: a stack of dense layers in the form that our own code scores, anything else
 * as tfjs saves it, marked for tfjs.
 *
 * @throws Failure `invalid-input` for what is no layers model, or has weights that are not finite
 */
export function encodeGiven(saved: SavedModel): EncodedGiven {
  if (saved.format !== 'layers-model') {
    throw new Failure(
      'invalid-input',
      `The model is saved as "${saved.format}"; expected a layers model.`,
      'Build it with tf.sequential or tf.model.',
    )
  }
  const { layers } = decode(topologySchema, saved.topology, "The model's topology").config
  const parameters = checkWeights(saved)
  const document: TfjsDocument = {
    format: 'layers-model',
    generatedBy: 'Slipway',
    modelTopology: saved.topology,
    weightsManifest: [{ paths: ['weights.bin'], weights: saved.weights }],
    userDefinedMetadata: { slipway: { scoredBy: 'tfjs', block } },
  }
  if (weightBytes(document) !== saved.bytes.byteLength) {
    throw new Failure(
      'invalid-input',
      `The model's weights have ${saved.bytes.byteLength} bytes where its layers describe ${weightBytes(document)}.`,
      'Register a model that was not changed while it was saved.',
    )
  }
  const spec: TfjsSpec = { kind: 'tfjs', layers: layerNames(layers), parameters }
  const dense = asDense(document, saved.bytes, layers)
  if (dense) return { modelJson: dense.json, weights: dense.weights, spec }
  return { modelJson: `${JSON.stringify(document, null, 2)}\n`, weights: saved.bytes, spec }
}

/** The same document, scored in blocks of another number of rows. */
export function withBlock(modelJson: string, rows: number): string {
  const document: unknown = JSON.parse(modelJson)
  return `${JSON.stringify({ ...Object(document), userDefinedMetadata: { slipway: { scoredBy: 'tfjs', block: rows } } }, null, 2)}\n`
}
