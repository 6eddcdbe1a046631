import type { Pipeline } from '../features/pipeline.ts'
import type { Signature } from '../signature/signature.ts'
import { openOnnx } from './onnx/open-onnx.ts'
import { type ModelEngines, modelFormatOf, openScorer } from './parse-model.ts'
import { createPredictor, type Predictor } from './predictor.ts'

/** What a model consists of, as its files hold it: plain data that a thread can be given. */
export interface ModelParts {
  signature: Signature
  pipeline: Pipeline
  /** Contents of `model.json`. */
  modelJson: string
  /** Contents of the file that `weightsFileOf` names; null where there is none. */
  weights: Uint8Array | null
  /** Of an ONNX model: the path of the native module that runs it. */
  onnxModule?: string | undefined
}

/**
 * The model as it serves.
 *
 * @throws Failure `invalid-input` for a format or layer that is not supported, `integrity` for a damaged one
 */
export async function openPredictor(parts: ModelParts, engines: ModelEngines): Promise<Predictor> {
  const { signature, pipeline, modelJson, weights, onnxModule } = parts
  if (modelFormatOf(modelJson) === 'onnx') {
    if (!weights || onnxModule === undefined)
      throw new Error('An ONNX model is opened with its file and a module.')
    const runtime = await engines.onnx(onnxModule)
    const model = openOnnx({ modelJson, file: weights, signature, pipeline, runtime })
    return createPredictor({ signature, pipeline, model })
  }
  return createPredictor({ signature, pipeline, model: await openScorer(modelJson, weights, engines) })
}
