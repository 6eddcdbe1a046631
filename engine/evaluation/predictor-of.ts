import { parseModel } from '../../shared/models/parse-model.ts'
import { createPredictor, type Predictor } from '../../shared/models/predictor.ts'
import type { ModelParts } from './evaluation-job.ts'

/** The model as it serves. */
export function predictorOf({ signature, pipeline, modelJson, weights }: ModelParts): Predictor {
  return createPredictor({ signature, pipeline, model: parseModel(modelJson, weights) })
}
