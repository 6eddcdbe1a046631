import type { DenseScorer } from './dense-scorer.ts'
import type { GbdtScorer } from './gbdt/gbdt-scorer.ts'
import { parseGbdtModel } from './gbdt/parse-gbdt-model.ts'
import { parseDenseModel } from './parse-dense-model.ts'

/** Whether a `model.json` keeps its weights in a file of their own: tfjs models do, XGBoost's format does not. */
export function hasWeightsFile(modelJson: string): boolean {
  return !/"gradient_booster"\s*:/.test(modelJson)
}

/**
 * Reads a model of any format there is, ready to score.
 *
 * @param weights contents of `weights.bin`, null where `hasWeightsFile` says there is none
 * @throws Failure `invalid-input` for a format or layer that is not supported, `integrity` for a damaged one
 */
export function parseModel(modelJson: string, weights: Uint8Array | null): DenseScorer | GbdtScorer {
  if (!hasWeightsFile(modelJson)) return parseGbdtModel(modelJson)
  return parseDenseModel(modelJson, weights ?? new Uint8Array(0))
}
