import { resolve } from 'node:path'
import { type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import type { Deployment } from '../../shared/contract/deployments.ts'
import type { Bundles } from '../bundles/bundles.ts'
import { readBundleManifest } from '../bundles/read-bundle.ts'
import type { Deployments } from '../deployments/deployments.ts'
import type { Catalog } from './catalog.ts'

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

/** The catalog's version that a bundle was made of; null where it is another catalog's. */
async function versionOf(catalog: Catalog, bundle: string): Promise<ModelVersion | null> {
  try {
    const manifest = await readBundleManifest(bundle)
    const { record } = await catalog.get(manifest.name, manifest.version)
    const of = (files: readonly { path: string; sha256: string }[]) =>
      files.find(({ path }) => path === versionFiles.modelTopology)?.sha256
    return of(record.files) === of(manifest.files) ? record : null
  } catch {
    return null
  }
}

/** Deployments that are told to the catalog: their versions are not deleted, by whichever workspace. */
export function recordDeployments(
  deployments: Deployments,
  catalog: Catalog,
  workspace: string,
): Deployments {
  const note = async (deployment: Deployment) => {
    const record = await versionOf(catalog, deployment.bundle)
    if (!record) return
    await catalog
      .record(record.name, {
        type: 'deployed',
        version: record.version,
        deployment: deployment.name,
        workspace,
        bundle: deployment.bundle,
        endpoint: deployment.endpoint,
      })
      .catch(() => undefined)
  }
  const forget = async ({ name, model }: Deployment) => {
    const { deployed } = await catalog.state(model.name)
    const mine = deployed.find((use) => use.deployment === name && use.workspace === workspace)
    if (!mine) return
    await catalog
      .record(model.name, { type: 'undeployed', version: mine.version, deployment: name, workspace })
      .catch(() => undefined)
  }
  return {
    ...deployments,
    async deploy(options) {
      const deployment = await deployments.deploy(options)
      await note(deployment)
      return deployment
    },
    async swap(name, change) {
      const before = await deployments.get(name)
      const after = await deployments.swap(name, change)
      if (after.bundle !== before.bundle) {
        if (after.model.name !== before.model.name) await forget(before)
        await note(after)
      }
      return after
    },
    async remove(name) {
      const deployment = await deployments.get(name)
      await deployments.remove(name)
      await forget(deployment)
    },
  }
}
