import type { ModelVersion } from '../../shared/catalog/version.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { readModelParts } from '../catalog/read-model-parts.ts'
import { createRowScorer, type RowScorer } from './row-scorer.ts'
import { openThreadPredictor } from './scoring-thread.ts'
import { openVersionTransforms } from './version-transforms.ts'

/** A version of the catalog, ready to score: by the very code that serves it. Close it when it is done with. */
export interface ScoredVersion extends RowScorer {
  readonly name: string
  readonly version: number
  readonly folder: string
  readonly record: ModelVersion
  readonly aliases: readonly string[]
}

/** @throws Failure `not-found` naming what there is instead, `integrity` for files that are not as registered */
export async function loadScoredVersion(catalog: Catalog, reference: string): Promise<ScoredVersion> {
  const { name, version } = await catalog.resolve(reference)
  const { record, aliases } = await catalog.get(name, version)
  await catalog.verify(name, version)
  const folder = catalog.folder(name, version)
  const parts = await readModelParts(record, folder)
  const predictor = await openThreadPredictor(parts)
  try {
    const transforms = record.transforms ? await openVersionTransforms(folder, parts.pipeline) : null
    const scorer = createRowScorer(record.signature, predictor, transforms)
    return { name, version, folder, record, aliases, ...scorer }
  } catch (error) {
    predictor.close()
    throw error
  }
}

/** Loads a version, lends it, and closes it. */
export async function withScoredVersion<T>(
  catalog: Catalog,
  reference: string,
  use: (scored: ScoredVersion) => Promise<T> | T,
): Promise<T> {
  const scored = await loadScoredVersion(catalog, reference)
  try {
    return await use(scored)
  } finally {
    scored.close()
  }
}
