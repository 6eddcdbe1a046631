import type { ModelVersion } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'
import { openPredictor } from '../../shared/models/open-predictor.ts'
import type { Predictor } from '../../shared/models/predictor.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { readModelParts } from '../catalog/read-model-parts.ts'
import { modelEngines } from './model-engines.ts'

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
  const predictor = await openPredictor(await readModelParts(record, folder), modelEngines)
  return { name, version, folder, record, aliases, predictor }
}
