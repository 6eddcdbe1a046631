import type { Aliases, ModelVersion } from '../../shared/catalog/version.ts'
import type { TrainedModel } from '../training/training.ts'

export interface CatalogEntry {
  record: ModelVersion
  aliases: string[]
}

/** Model versions under `.slipway/catalog/<name>/<version>/`, written whole by atomic rename, never changed. */
export interface Catalog {
  list(): Promise<CatalogEntry[]>
  /** @throws Failure `not-found` naming what there is instead */
  get(name: string, version: number): Promise<CatalogEntry>
  /** Absolute folder of a version. */
  folder(name: string, version: number): string
  /** Reads `name`, `name:3` or `name@champion`; a bare name is the newest version. */
  resolve(reference: string): Promise<{ name: string; version: number }>
  register(model: TrainedModel): Promise<ModelVersion>
  aliases(name: string): Promise<Aliases>
  setAlias(name: string, alias: string, version: number | null): Promise<void>
}
