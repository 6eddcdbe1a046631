import { resolve } from 'node:path'
import { type BesideRole, besideRoles } from '../../shared/catalog/deployed-role.ts'
import type { Deployment } from '../../shared/contract/deployments.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import type { Bundles } from '../bundles/bundles.ts'
import { readBundleManifest } from '../bundles/read-bundle.ts'
import type { Deployments } from '../deployments/deployments.ts'
import type { Catalog } from './catalog.ts'
import { versionOfBundle } from './version-of-bundle.ts'

/**
 * Packaging that is told to the catalog, so that lineage goes on to bundles.
 *
 * @param remember notes the catalog as one whose bundles may be deployed from anywhere
 */
export function recordPackaging(bundles: Bundles, catalog: Catalog, remember: () => Promise<void>): Bundles {
  return {
    ...bundles,
    async package(ref, options, onEvent) {
      const report = await bundles.package(ref, options, onEvent)
      if (report.ok && options.unrecorded !== true) {
        const { version } = ref
        const target = options.target ?? 'any'
        // The bundle stands, whatever becomes of the note about it.
        await catalog
          .record(ref.name, { type: 'packaged', version, path: resolve(report.path), target })
          .catch(() => undefined)
        await remember().catch(() => undefined)
      }
      return report
    },
  }
}

interface Served {
  role: BesideRole | undefined
  bundle: string
  model: VersionRef
}

/** The versions of a deployment: the one that answers, and those beside it. */
function servedBy(deployment: Deployment): Served[] {
  const { bundle, model } = deployment
  const beside = besideRoles.flatMap((role) => {
    const one = deployment[role]
    return one === null ? [] : [{ role, bundle: one.bundle, model: one.model }]
  })
  return [{ role: undefined, bundle, model }, ...beside]
}

/** The bundles of a deployment that are of a catalog's version, each with its role. */
export async function versionsServedBy(catalog: Catalog, deployment: Deployment) {
  const found = await Promise.all(
    servedBy(deployment).map(async ({ role, bundle }) => {
      const record = await versionOfBundle(catalog, bundle)
      return record === null ? [] : [{ role, bundle, name: record.name, version: record.version }]
    }),
  )
  return found.flat()
}

interface Change {
  before: Deployment | null
  after: Deployment | null
  workspace: string
}

/** Whether the folder still holds what is served from it: it may be rewritten or deleted under a running server. */
async function holdsWhatIsServed({ bundle, model }: Served): Promise<boolean> {
  const manifest = await readBundleManifest(bundle).catch(() => null)
  return manifest?.name === model.name && manifest.version === model.version
}

/**
 * Brings what the catalog says of a deployment in line with what it serves: notes every version of the catalog that it
 * does not know of, and forgets those that are served no longer. Both go by the catalog's own notes, not by what was
 * served before: a folder may have been rewritten in place, so that another version has the path of the last one.
 */
async function follow(catalog: Catalog, { before, after, workspace }: Change): Promise<void> {
  const deployment = (after ?? before)?.name ?? ''
  const serving = after === null ? [] : servedBy(after)
  const rewritten: Served[] = []
  for (const one of serving) if (!(await holdsWhatIsServed(one))) rewritten.push(one)
  const found = after === null ? [] : await versionsServedBy(catalog, after)
  const now = found.filter(({ role }) => !rewritten.some((one) => one.role === role))
  const names = new Set([...serving, ...(before ? servedBy(before) : [])].map(({ model }) => model.name))
  for (const name of names) {
    const noted = (await catalog.state(name)).deployed.filter(
      (use) => use.deployment === deployment && use.workspace === workspace,
    )
    const served = now.filter((one) => one.name === name)
    for (const { role, bundle, version } of served) {
      const endpoint = after?.endpoint ?? ''
      const isNoted = noted.some(
        (use) =>
          use.role === role && use.version === version && use.bundle === bundle && use.endpoint === endpoint,
      )
      if (isNoted) continue
      const use = { type: 'deployed' as const, version, deployment, workspace, role, bundle, endpoint }
      await catalog.record(name, use).catch(() => undefined)
    }
    for (const { role, version, bundle } of noted) {
      // A newer use in the same role took the place of the one before.
      if (served.some((one) => one.role === role)) continue
      const goesOn = rewritten.some(
        (one) =>
          one.role === role &&
          one.bundle === bundle &&
          one.model.name === name &&
          one.model.version === version,
      )
      if (goesOn) continue
      const use = { type: 'undeployed' as const, version, deployment, workspace, role }
      await catalog.record(name, use).catch(() => undefined)
    }
  }
}

/**
 * Deployments that are told to the catalogs their versions are of, so that these are not deleted, by whichever
 * workspace.
 *
 * @param catalogs the workspace's own, and others that a bundle may come from
 */
export function recordDeployments(
  deployments: Deployments,
  catalogs: () => Promise<readonly Catalog[]>,
  workspace: string,
): Deployments {
  const tell = async (before: Deployment | null, after: Deployment | null) => {
    for (const catalog of await catalogs()) {
      // The deployment stands, whatever becomes of the note about it.
      await follow(catalog, { before, after, workspace }).catch(() => undefined)
    }
  }
  return {
    ...deployments,
    async deploy(options) {
      const deployment = await deployments.deploy(options)
      await tell(null, deployment)
      return deployment
    },
    async activate(name, settings) {
      const before = await deployments.get(name)
      const after = await deployments.activate(name, settings)
      await tell(before, after)
      return after
    },
    async swap(name, change, options) {
      const before = await deployments.get(name)
      const after = await deployments.swap(name, change, options)
      await tell(before, after)
      return after
    },
    async remove(name) {
      const deployment = await deployments.get(name)
      await deployments.remove(name)
      await tell(deployment, null)
    },
  }
}
