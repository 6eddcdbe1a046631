/**
 * HOT LOOP: scores what our own code does not, layer by layer in tfjs (figures: docs/models.md).
 *
 * Rows go through the model in blocks of one fixed number, padded with zeros: every call has the same shapes, so the
 * kernels take the same way through every block and a row alone gets the bits that it gets among others. That a row's
 * place in its block changes nothing is checked when the model is registered.
 */
import { decodeJson } from '../../decode.ts'
import { Failure } from '../../failure.ts'
import type { Scorer } from '../scorer.ts'
import type { LayersModel, TensorLibrary } from './tensor-library.ts'
import { type TfjsDocument, tfjsDocumentSchema, weightBytes } from './tfjs-document.ts'

async function load(tf: TensorLibrary, document: TfjsDocument, weights: Uint8Array): Promise<LayersModel> {
  const weightSpecs = document.weightsManifest.flatMap((group) => group.weights)
  const weightData = new ArrayBuffer(weights.byteLength)
  new Uint8Array(weightData).set(weights)
  const { modelTopology } = document
  try {
    return await tf.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) })
  } catch (error) {
    const [detail = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new Failure(
      'invalid-input',
      `tfjs cannot load the model: ${detail}`,
      'Use layers that tfjs itself has; a class of your own does not travel with the model.',
    )
  }
}

function widthOf(shapes: readonly { shape: readonly (number | null)[] }[], what: string): number {
  const [only, another] = shapes
  const [, width, ...more] = only?.shape ?? []
  if (!only || another || more.length > 0 || typeof width !== 'number') {
    const found = shapes.map(({ shape }) => `[${shape.map((side) => side ?? 'rows').join(', ')}]`)
    throw new Failure(
      'invalid-input',
      `The model's ${what} has the shape ${found.join(' and ')}; expected one of [rows, columns].`,
      what === 'input'
        ? 'Begin with one input of the features, inputShape: [features.width]; tf.layers.reshape gives layers another shape.'
        : 'End with one dense layer.',
    )
  }
  return width
}

/**
 * A tfjs model ready to score, on the backend that `tf` is set to.
 *
 * @throws Failure `invalid-input` for a model that tfjs cannot load, `integrity` where the weights do not fit it
 */
export async function createTfjsScorer(
  tf: TensorLibrary,
  modelJson: string,
  weights: Uint8Array,
): Promise<Scorer> {
  const document = decodeJson(tfjsDocumentSchema, modelJson, 'model.json')
  const bytes = weightBytes(document)
  if (bytes !== weights.byteLength) {
    throw new Failure(
      'integrity',
      `The model cannot be used: weights.bin has ${weights.byteLength} bytes where model.json describes ${bytes}.`,
      'Register or package it again.',
    )
  }
  const model = await load(tf, document, weights)
  const inputs = widthOf(model.inputs, 'input')
  const outputs = widthOf(model.outputs, 'output')
  const { block } = document.userDefinedMetadata.slipway
  const padded = new Float32Array(block * inputs)
  return {
    inputs,
    outputs,
    score(values, rows, out) {
      for (let from = 0; from < rows; from += block) {
        const count = Math.min(block, rows - from)
        padded.set(values.subarray(from * inputs, (from + count) * inputs))
        if (count < block) padded.fill(0, count * inputs)
        const engine = tf.engine()
        engine.startScope()
        try {
          // The library may keep the array it is given until the block is scored.
          const answer = model.predict(tf.tensor2d(padded.slice(), [block, inputs]))
          const scores = (Array.isArray(answer) ? answer[0]! : answer).dataSync()
          for (let at = 0; at < count * outputs; at++) out[from * outputs + at] = scores[at]!
        } finally {
          engine.endScope()
        }
      }
    },
  }
}
