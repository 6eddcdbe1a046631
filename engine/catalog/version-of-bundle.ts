import { type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import { readBundleManifest } from '../bundles/read-bundle.ts'
import type { Catalog } from './catalog.ts'

/**
 * The catalog's version that a bundle was made of; null where it is another catalog's, or there is no such bundle.
 *
 * Two catalogs number alike, and two models of one kind may differ in their weights only: so every file that a
 * bundle carries from its version has to be the version's, and it has to be of the same training. Only the card may
 * differ: it can be edited.
 */
export async function versionOfBundle(catalog: Catalog, bundle: string): Promise<ModelVersion | null> {
  try {
    const manifest = await readBundleManifest(bundle)
    const { record } = await catalog.get(manifest.name, manifest.version)
    if (manifest.created !== record.created) return null
    const mine = new Map(record.files.map(({ path, sha256 }) => [path, sha256]))
    mine.delete(versionFiles.card)
    const shared = manifest.files.filter(({ path }) => mine.has(path))
    const carries = shared.some(({ path }) => path === versionFiles.modelTopology)
    return carries && shared.every(({ path, sha256 }) => mine.get(path) === sha256) ? record : null
  } catch {
    return null
  }
}
