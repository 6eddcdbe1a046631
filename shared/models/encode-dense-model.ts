import type { DenseModel } from './dense-model.ts'

export interface EncodedModel {
  /** Contents of `model/model.json`. */
  json: string
  /** Contents of `model/weights.bin`: little-endian float32, in the order of the manifest. */
  weights: Uint8Array
}

function layerName(index: number): string {
  return `dense_${index + 1}`
}

/** Writes a model as a tfjs LayersModel, which `tf.loadLayersModel` reads. */
export function encodeDenseModel(model: DenseModel): EncodedModel {
  const layers = model.layers.map((layer, index) => ({
    class_name: 'Dense',
    config: {
      name: layerName(index),
      trainable: true,
      ...(index === 0 ? { batch_input_shape: [null, layer.inputs], dtype: 'float32' } : {}),
      units: layer.outputs,
      activation: layer.activation,
      use_bias: true,
    },
  }))
  const specs = model.layers.flatMap((layer, index) => [
    { name: `${layerName(index)}/kernel`, shape: [layer.inputs, layer.outputs], dtype: 'float32' },
    { name: `${layerName(index)}/bias`, shape: [layer.outputs], dtype: 'float32' },
  ])
  const document = {
    format: 'layers-model',
    generatedBy: 'Slipway',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 'model', layers },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
  }
  const values = model.layers.flatMap((layer) => [layer.kernel, layer.bias])
  const weights = new Uint8Array(4 * values.reduce((sum, array) => sum + array.length, 0))
  const view = new DataView(weights.buffer)
  let at = 0
  for (const array of values) {
    for (const value of array) {
      view.setFloat32(at, value, true)
      at += 4
    }
  }
  return { json: `${JSON.stringify(document, null, 2)}\n`, weights }
}
