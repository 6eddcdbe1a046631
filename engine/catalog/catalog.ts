import type { CatalogEvent, EventBody, MetadataChanges } from '../../shared/catalog/catalog-event.ts'
import type { ModelState, VersionMetadata } from '../../shared/catalog/model-state.ts'
import type { Aliases, ModelVersion } from '../../shared/catalog/version.ts'
import type { DamagedModel } from '../../shared/contract/models.ts'
import type { TrainedModel } from '../training/training.ts'

export interface CatalogEntry {
  record: ModelVersion
  aliases: string[]
  metadata: VersionMetadata
}

/** What became of a version elsewhere: recorded, so that lineage goes on and a deployed version is not deleted. */
export type VersionUse = Extract<EventBody, { type: 'packaged' | 'deployed' | 'undeployed' | 'tested' }>

/**
 * Model versions under `<folder>/<name>/<version>/`, written whole by atomic rename, never changed.
 * What may change about them is a recorded history beside. Several workbenches may share one folder.
 */
export interface Catalog {
  /** Models by name, newest version first, without what is damaged. What was read before is read again only where it changed. */
  list(): Promise<CatalogEntry[]>
  /** What cannot be read, and so is missing in the list. */
  damaged(): Promise<DamagedModel[]>
  /** @throws Failure `not-found` naming what there is instead, `integrity` for a damaged one */
  get(name: string, version: number): Promise<CatalogEntry>
  /** Absolute folder of a version. */
  folder(name: string, version: number): string
  /** Compares every file with its registered hash. @throws Failure `integrity` naming the file */
  verify(name: string, version: number): Promise<void>
  /** Reads `name`, `name:3` or `name@champion`; a bare name is the newest version. */
  resolve(reference: string): Promise<{ name: string; version: number }>
  /** @throws Failure `invalid-input` for a new name that cannot stand beside the others on every system */
  assertName(name: string): Promise<void>
  /** @throws Failure as `assertName`, `disk-full` */
  register(model: TrainedModel): Promise<ModelVersion>
  aliases(name: string): Promise<Aliases>
  /** Moves the alias, or removes it (`version` null). Who and when are recorded beside `why`. */
  setAlias(name: string, alias: string, version: number | null, why?: string): Promise<void>
  /** @throws Failure `invalid-input` naming the field */
  edit(name: string, version: number, changes: MetadataChanges, why?: string): Promise<void>
  /** Replaces the bounds that a version's metrics have to keep. @throws Failure `invalid-input` for what is none */
  setGates(name: string, gates: readonly string[], why?: string): Promise<void>
  /** Records a use of a version. */
  record(name: string, use: VersionUse): Promise<void>
  state(name: string): Promise<ModelState>
  /** All that happened to a model since its versions were registered, oldest first. */
  history(name: string): Promise<readonly CatalogEvent[]>
  /** Its number is not given again. @throws Failure `conflict` while an alias points to it or it is deployed */
  remove(name: string, version: number, why?: string): Promise<void>
}
