import { versionFiles } from '../catalog/version.ts'
import type { DenseScorer } from './dense-scorer.ts'
import type { GbdtScorer } from './gbdt/gbdt-scorer.ts'
import { parseGbdtModel } from './gbdt/parse-gbdt-model.ts'
import { parseDenseModel } from './parse-dense-model.ts'

/** How a `model.json` is written: as XGBoost's JSON, or as layers of tfjs. */
export type ModelFormat = 'xgboost' | 'layers'

export function modelFormatOf(modelJson: string): ModelFormat {
  return /"gradient_booster"\s*:/.test(modelJson) ? 'xgboost' : 'layers'
}

/** The file beside `model.json` that holds a model's weights; null for a format that has them inside. */
export function weightsFileOf(modelJson: string): string | null {
  return modelFormatOf(modelJson) === 'xgboost' ? null : versionFiles.modelWeights
}

/**
 * Reads a model of any format there is, ready to score.
 *
 * @param weights contents of the file that `weightsFileOf` names, null where there is none
 * @throws Failure `invalid-input` for a format or layer that is not supported, `integrity` for a damaged one
 */
export function parseModel(modelJson: string, weights: Uint8Array | null): DenseScorer | GbdtScorer {
  if (modelFormatOf(modelJson) === 'xgboost') return parseGbdtModel(modelJson)
  return parseDenseModel(modelJson, weights ?? new Uint8Array(0))
}
