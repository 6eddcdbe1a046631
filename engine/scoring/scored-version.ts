import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { pipelineSchema } from '../../shared/features/pipeline.ts'
import { hasWeightsFile, parseModel } from '../../shared/models/parse-model.ts'
import { createPredictor, type Predictor } from '../../shared/models/predictor.ts'
import type { Catalog } from '../catalog/catalog.ts'

/** A version of the catalog, ready to score: by the very code that serves it. */
export interface ScoredVersion {
  readonly name: string
  readonly version: number
  readonly folder: string
  readonly record: ModelVersion
  readonly aliases: readonly string[]
  readonly predictor: Predictor
}

/** @throws Failure `not-found` naming what there is instead, `integrity` for files that are not as registered */
export async function loadScoredVersion(catalog: Catalog, reference: string): Promise<ScoredVersion> {
  const { name, version } = await catalog.resolve(reference)
  const { record, aliases } = await catalog.get(name, version)
  await catalog.verify(name, version)
  if (record.transforms) {
    throw new Failure(
      'invalid-input',
      `${name} version ${version} has SQL between its input "${record.transforms.servingInput}" and the model, which cells do not run yet.`,
      'Package it and score with the bundle: slipway score <bundle> <input> <output>.',
    )
  }
  const folder = catalog.folder(name, version)
  const text = (file: string) => readFile(join(folder, file), 'utf8')
  const modelJson = await text(versionFiles.modelTopology)
  const weights = hasWeightsFile(modelJson)
    ? new Uint8Array(await readFile(join(folder, versionFiles.modelWeights)))
    : null
  const pipeline = decodeJson(pipelineSchema, await text(versionFiles.features), versionFiles.features)
  const model = parseModel(modelJson, weights)
  const predictor = createPredictor({ signature: record.signature, pipeline, model })
  return { name, version, folder, record, aliases, predictor }
}
