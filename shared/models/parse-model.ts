import { versionFiles } from '../catalog/version.ts'
import { parseGbdtModel } from './gbdt/parse-gbdt-model.ts'
import type { OnnxRuntime } from './onnx/onnx-runtime.ts'
import { parseDenseModel } from './parse-dense-model.ts'
import type { Scorer } from './scorer.ts'

/**
 * How a `model.json` is written: as XGBoost's JSON, as a stack of dense layers, as other layers that tfjs scores, or to
 * say how the ONNX file beside it is fed.
 */
export type ModelFormat = 'xgboost' | 'layers' | 'tfjs' | 'onnx'

export function modelFormatOf(modelJson: string): ModelFormat {
  // Ours begins with it, and holds names of columns that may be anything.
  if (/^\s*\{\s*"format":\s*"onnx"/.test(modelJson)) return 'onnx'
  if (/"gradient_booster"\s*:/.test(modelJson)) return 'xgboost'
  return /"scoredBy"\s*:\s*"tfjs"/.test(modelJson) ? 'tfjs' : 'layers'
}

const weightsFiles: Record<ModelFormat, string | null> = {
  xgboost: null,
  layers: versionFiles.modelWeights,
  tfjs: versionFiles.modelWeights,
  onnx: versionFiles.onnx,
}

/** The file beside `model.json` that holds a model's weights; null for a format that has them inside. */
export function weightsFileOf(modelJson: string): string | null {
  return weightsFiles[modelFormatOf(modelJson)]
}

/** What scores a model of a format that our own code does not: each side of a boundary loads its own. */
export type OpenScorer = (modelJson: string, weights: Uint8Array) => Promise<Scorer>
/** Loads the native module that runs ONNX models from where it lies. */
export type LoadOnnxRuntime = (path: string) => Promise<OnnxRuntime>

export interface ModelEngines {
  readonly tfjs: OpenScorer
  readonly onnx: LoadOnnxRuntime
}

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

/** Reads a model of any format that is fed the inputs of a pipeline, ready to score. @throws Failure as `parseModel` */
export async function openScorer(
  modelJson: string,
  weights: Uint8Array | null,
  engines: ModelEngines,
): Promise<Scorer> {
  if (modelFormatOf(modelJson) !== 'tfjs') return parseModel(modelJson, weights)
  return engines.tfjs(modelJson, weights ?? new Uint8Array(0))
}
