import type { Pipeline } from '../features/pipeline.ts'
import type { Signature } from '../signature/signature.ts'
import { type ModelEngines, openScorer } from './parse-model.ts'
import { createPredictor, type Predictor } from './predictor.ts'

/** What a model consists of, as its files hold it: plain data that a thread can be given. */
export interface ModelParts {
  signature: Signature
  pipeline: Pipeline
  /** Contents of `model.json`. */
  modelJson: string
  /** Contents of the file that `weightsFileOf` names; null where there is none. */
  weights: Uint8Array | null
}

/**
 * The model as it serves.
 *
 * @throws Failure `invalid-input` for a format or layer that is not supported, `integrity` for a damaged one
 */
export async function openPredictor(parts: ModelParts, engines: ModelEngines): Promise<Predictor> {
  const { signature, pipeline, modelJson, weights } = parts
  return createPredictor({ signature, pipeline, model: await openScorer(modelJson, weights, engines) })
}
