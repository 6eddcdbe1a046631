import { assertNever } from '../assert-never.ts'
import type { CatalogEvent, MetadataChanges } from './catalog-event.ts'
import type { CustomField } from './custom-metadata.ts'
import type { BesideRole } from './deployed-role.ts'
import type { IntrospectionTest } from './introspection.ts'
import type { UseCaseType } from './use-case-types.ts'
import type { Aliases } from './version.ts'

/** What may change about a version. The version itself never does. */
export interface VersionMetadata {
  readonly displayName: string
  readonly description: string
  /** Null: what follows from the task. */
  readonly useCaseType: UseCaseType | null
  /** Null: the card that training wrote. */
  readonly card: string | null
  /** Sorted, each once. */
  readonly tags: readonly string[]
  readonly freeform: Readonly<Record<string, string>>
  /** In order of their keys. */
  readonly custom: readonly CustomField[]
  /** Results of the last introspection; empty before the first. */
  readonly tests: readonly IntrospectionTest[]
  readonly testedAt: string | null
}

export interface PackagedUse {
  readonly version: number
  readonly path: string
  readonly target: string
  readonly at: string
}

export interface DeployedUse {
  readonly version: number
  readonly deployment: string
  readonly workspace: string
  /** Absent where it answers. */
  readonly role?: BesideRole | undefined
  readonly bundle: string
  readonly endpoint: string
  readonly at: string
}

/** A model's history folded into what holds now. */
export interface ModelState {
  readonly aliases: Aliases
  readonly deleted: ReadonlySet<number>
  readonly metadata: ReadonlyMap<number, VersionMetadata>
  readonly packaged: readonly PackagedUse[]
  readonly deployed: readonly DeployedUse[]
  /** Bounds that a version's metrics have to keep to be packaged, as `metric-gate.ts` reads them. */
  readonly gates: readonly string[]
}

export const noMetadata: VersionMetadata = {
  displayName: '',
  description: '',
  useCaseType: null,
  card: null,
  tags: [],
  freeform: {},
  custom: [],
  tests: [],
  testedAt: null,
}

export const emptyState: ModelState = {
  aliases: {},
  deleted: new Set(),
  metadata: new Map(),
  packaged: [],
  deployed: [],
  gates: [],
}

function changed(before: VersionMetadata, changes: MetadataChanges): VersionMetadata {
  const tags = new Set(before.tags)
  for (const tag of changes.removeTags ?? []) tags.delete(tag)
  for (const tag of changes.addTags ?? []) tags.add(tag)
  const freeform = new Map(Object.entries(before.freeform))
  for (const key of changes.removeFreeform ?? []) freeform.delete(key)
  for (const [key, value] of Object.entries(changes.setFreeform ?? {})) freeform.set(key, value)
  const custom = new Map(before.custom.map((field) => [field.key, field]))
  for (const key of changes.removeCustom ?? []) custom.delete(key)
  for (const field of changes.setCustom ?? []) custom.set(field.key, field)
  return {
    ...before,
    displayName: changes.displayName ?? before.displayName,
    description: changes.description ?? before.description,
    useCaseType: changes.useCaseType === undefined ? before.useCaseType : changes.useCaseType,
    card: changes.card === undefined ? before.card : changes.card,
    tags: [...tags].sort(),
    freeform: Object.fromEntries([...freeform].sort(([a], [b]) => (a < b ? -1 : 1))),
    custom: [...custom.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
  }
}

export function metadataOf(state: ModelState, version: number): VersionMetadata {
  return state.metadata.get(version) ?? noMetadata
}

function withMetadata(state: ModelState, version: number, next: VersionMetadata): ModelState {
  return { ...state, metadata: new Map(state.metadata).set(version, next) }
}

/** One step of a model's state. Pure; what an event may do was checked before it was written. */
export function applyEvent(state: ModelState, { event, at }: CatalogEvent): ModelState {
  switch (event.type) {
    case 'alias': {
      const { [event.alias]: _before, ...others } = state.aliases
      return {
        ...state,
        aliases: event.version === null ? others : { ...others, [event.alias]: event.version },
      }
    }
    case 'metadata':
      return withMetadata(state, event.version, changed(metadataOf(state, event.version), event.changes))
    case 'tested':
      return withMetadata(state, event.version, {
        ...metadataOf(state, event.version),
        tests: event.tests,
        testedAt: at,
      })
    case 'packaged': {
      const { version, path, target } = event
      const others = state.packaged.filter((use) => use.path !== path)
      return { ...state, packaged: [...others, { version, path, target, at }] }
    }
    case 'deployed': {
      const { type: _type, ...use } = event
      return { ...state, deployed: [...withoutDeployment(state, use), { ...use, at }] }
    }
    case 'undeployed':
      return { ...state, deployed: withoutDeployment(state, event) }
    case 'deleted':
      return { ...state, deleted: new Set(state.deleted).add(event.version) }
    case 'gates':
      return { ...state, gates: event.gates }
    default:
      return assertNever(event)
  }
}

/** A deployment has one version in each role. */
function withoutDeployment(
  state: ModelState,
  { deployment, workspace, role }: Pick<DeployedUse, 'deployment' | 'workspace' | 'role'>,
): DeployedUse[] {
  return state.deployed.filter(
    (use) => use.deployment !== deployment || use.workspace !== workspace || use.role !== role,
  )
}

/** In the order of their sequence numbers, which every reader of a shared folder sees alike. */
export function foldEvents(events: readonly CatalogEvent[]): ModelState {
  return events.reduce(applyEvent, emptyState)
}
