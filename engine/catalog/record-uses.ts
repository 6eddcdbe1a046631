import { resolve } from 'node:path'
import { type BesideRole, besideRoles } from '../../shared/catalog/deployed-role.ts'
import type { Deployment } from '../../shared/contract/deployments.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import type { Bundles } from '../bundles/bundles.ts'
import type { Deployments } from '../deployments/deployments.ts'
import type { Catalog } from './catalog.ts'
import { versionOfBundle } from './version-of-bundle.ts'

/** Packaging that is told to the catalog, so that lineage goes on to bundles. */
export function recordPackaging(bundles: Bundles, catalog: Catalog): Bundles {
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

/** Notes every version that the deployment serves now and did not before, and forgets those that it no longer does. */
async function follow(catalog: Catalog, { before, after, workspace }: Change): Promise<void> {
  const deployment = (after ?? before)?.name ?? ''
  const now = after === null ? [] : await versionsServedBy(catalog, after)
  const served = before === null ? [] : servedBy(before)
  for (const { role, bundle, name, version } of now) {
    const already = (one: Served) =>
      one.role === role && one.bundle === bundle && one.model.version === version
    if (served.some(already)) continue
    const endpoint = after?.endpoint ?? ''
    const use = { type: 'deployed' as const, version, deployment, workspace, role, bundle, endpoint }
    await catalog.record(name, use).catch(() => undefined)
  }
  for (const { role, model } of served) {
    // A newer use of the same model in the same role took the place of the one before.
    if (now.some((one) => one.role === role && one.name === model.name)) continue
    const { deployed } = await catalog.state(model.name)
    const mine = deployed.find(
      (use) => use.deployment === deployment && use.workspace === workspace && use.role === role,
    )
    if (!mine) continue
    const { version } = mine
    await catalog
      .record(model.name, { type: 'undeployed', version, deployment, workspace, role })
      .catch(() => undefined)
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
