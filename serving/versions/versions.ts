import { isDeepStrictEqual } from 'node:util'
import { Failure } from '../../shared/failure.ts'
import { signatureDifferences } from '../../shared/signature/signature-differences.ts'
import { readManifest } from '../bundle/integrity.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { type RoleDescription, type RoleName, type Roles, type RolesDescription, shareOf } from './roles.ts'
import type { ServedVersion } from './served-version.ts'

/** The versions that this process serves, each in its role. */
export interface Versions {
  readonly active: ServedVersion
  readonly shadow: ServedVersion | null
  /** The version that answers the request of this id: the same one every time. */
  choose(id: string): ServedVersion
  /** The active version or the canary, by number. */
  answering(version: number): ServedVersion | null
  /** The same, and the shadow. */
  serving(version: number): ServedVersion | null
  describe(): RolesDescription
  /**
   * Loads, checked, what the roles name and does not serve as that yet. Takes nothing over yet.
   *
   * @param named roles whose folder may hold another bundle by now than the one loaded from it
   * @throws Failure `integrity` for changed files, `conflict` for a model that cannot take this one's requests
   */
  prepare(roles: Roles, named: readonly RoleName[]): Promise<void>
  /** Requests from now on go to the prepared versions. */
  commit(): void
  close(): void
}

interface Served {
  roles: Roles
  active: ServedVersion
  shadow: ServedVersion | null
  canary: ServedVersion | null
}

/** @throws Failure `conflict` saying what differs */
export function assertStandsFor(model: LoadedModel, current: LoadedModel): void {
  const differences = signatureDifferences(current.signature, model.signature)
  if (model.name !== current.name) differences.unshift(`its name is ${model.name}, and ${current.name} here`)
  if (differences.length === 0) return
  throw new Failure(
    'conflict',
    `${model.name} version ${model.version} cannot stand for ${current.name} version ${current.version}: ${differences.join('; ')}.`,
    'Deploy it at an endpoint of its own, or train it with the same columns and target.',
  )
}

/** Whether the folder still holds the bundle that was loaded from it: a manifest names every file by its hash. */
const holdsStill = async ({ model }: ServedVersion): Promise<boolean> =>
  isDeepStrictEqual(await readManifest(model.folder), model.manifest)

const versionsOf = (served: Served): ServedVersion[] =>
  [served.active, served.shadow, served.canary].filter((one) => one !== null)

/** Opens the versions of a server. @param open loads and checks a bundle folder's model and compiles it */
export async function openVersions(
  roles: Roles,
  open: (folder: string) => Promise<ServedVersion>,
): Promise<Versions> {
  const load = async (next: Roles, before: Served | null, named: readonly RoleName[]): Promise<Served> => {
    const opened: ServedVersion[] = []
    const once = async (role: RoleName, folder: string): Promise<ServedVersion> => {
      const kept = before?.[role] ?? null
      if (kept?.model.folder === folder && (!named.includes(role) || (await holdsStill(kept)))) return kept
      const version = await open(folder)
      opened.push(version)
      return version
    }
    try {
      const active = await once('active', next.active)
      const { canary, shadow } = next
      const served: Served = {
        roles: next,
        active,
        shadow: shadow === null ? null : await once('shadow', shadow),
        canary: canary === null ? null : await once('canary', canary.folder),
      }
      if (before) assertStandsFor(active.model, before.active.model)
      for (const other of [served.shadow, served.canary])
        if (other) assertStandsFor(other.model, active.model)
      return served
    } catch (error) {
      for (const version of opened) version.scoring.close()
      throw error
    }
  }
  const discard = (served: Served, except: Served | null) => {
    const kept = except ? versionsOf(except) : []
    for (const version of versionsOf(served)) if (!kept.includes(version)) version.scoring.close()
  }
  let served = await load(roles, null, [])
  let prepared: Served | null = null
  const describe = (one: ServedVersion): RoleDescription => ({
    name: one.model.name,
    version: one.model.version,
    folder: one.model.folder,
  })

  return {
    get active() {
      return served.active
    },
    get shadow() {
      return served.shadow
    },
    choose(id) {
      const { active, canary, roles: current } = served
      return canary !== null && current.canary !== null && shareOf(id) < current.canary.fraction
        ? canary
        : active
    },
    answering(version) {
      const { active, canary } = served
      if (active.model.version === version) return active
      return canary?.model.version === version ? canary : null
    },
    serving: (version) => versionsOf(served).find((one) => one.model.version === version) ?? null,
    describe() {
      const { active, shadow, canary, roles: current } = served
      return {
        active: describe(active),
        shadow: shadow && describe(shadow),
        canary: canary && { ...describe(canary), fraction: current.canary?.fraction ?? 0 },
      }
    },
    async prepare(next, named) {
      if (prepared) discard(prepared, served)
      prepared = null
      prepared = await load(next, served, named)
    },
    commit() {
      if (!prepared) return
      const before = served
      served = prepared
      prepared = null
      discard(before, served)
    },
    close() {
      discard(served, null)
    },
  }
}
