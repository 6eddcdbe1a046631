import { versionFiles } from '../catalog/version.ts'
import { parseGbdtModel } from './gbdt/parse-gbdt-model.ts'
import { parseDenseModel } from './parse-dense-model.ts'
import type { Scorer } from './scorer.ts'

/** How a `model.json` is written: as XGBoost's JSON, as a stack of dense layers, or as other layers that tfjs scores. */
export type ModelFormat = 'xgboost' | 'layers' | 'tfjs'

export function modelFormatOf(modelJson: string): ModelFormat {
  if (/"gradient_booster"\s*:/.test(modelJson)) return 'xgboost'
  return /"scoredBy"\s*:\s*"tfjs"/.test(modelJson) ? 'tfjs' : 'layers'
}

/** The file beside `model.json` that holds a model's weights; null for a format that has them inside. */
export function weightsFileOf(modelJson: string): string | null {
  return modelFormatOf(modelJson) === 'xgboost' ? null : versionFiles.modelWeights
}

/** What scores a model of a format that our own code does not: each side of a boundary loads its own. */
export type OpenScorer = (modelJson: string, weights: Uint8Array) => Promise<Scorer>
export type ModelEngines = Readonly<Record<Exclude<ModelFormat, 'xgboost' | 'layers'>, OpenScorer>>

/**
 * Reads a model that our own code scores.
 *
 * @param weights contents of the file that `weightsFileOf` names, null where there is none
 * @throws Failure `invalid-input` for a format or layer that is not supported, `integrity` for a damaged one
 */
export function parseModel(modelJson: string, weights: Uint8Array | null): Scorer {
  if (modelFormatOf(modelJson) === 'xgboost') return parseGbdtModel(modelJson)
  return parseDenseModel(modelJson, weights ?? new Uint8Array(0))
}

/** Reads a model of any format there is, ready to score. @throws Failure as `parseModel` */
export async function openScorer(
  modelJson: string,
  weights: Uint8Array | null,
  engines: ModelEngines,
): Promise<Scorer> {
  const format = modelFormatOf(modelJson)
  if (format === 'xgboost' || format === 'layers') return parseModel(modelJson, weights)
  return engines[format](modelJson, weights ?? new Uint8Array(0))
}
