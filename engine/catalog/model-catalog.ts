import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diffVersions } from '../../shared/catalog/diff-versions.ts'
import type { IntrospectionTest } from '../../shared/catalog/introspection.ts'
import { type LineageGraph, lineageGraph } from '../../shared/catalog/lineage-graph.ts'
import type {
  DamagedModel,
  ModelDetail,
  ModelSummary,
  VersionComparison,
  VersionRef,
} from '../../shared/contract/models.ts'
import type { Bundles } from '../bundles/bundles.ts'
import type { Deployments } from '../deployments/deployments.ts'
import type { Catalog } from './catalog.ts'
import { aliasesOf } from './catalog-list.ts'
import { modelDetail, modelSummary } from './describe-version.ts'
import { introspect } from './introspect.ts'
import { versionsServedBy } from './record-uses.ts'
import { assertUnused } from './remove-version.ts'
import type { Staleness } from './staleness.ts'

/** All that the window and the command line do with versions, beyond keeping them. */
export interface ModelCatalog {
  list(): Promise<ModelSummary[]>
  /** What cannot be read, and so is missing in the list. */
  damaged(): Promise<DamagedModel[]>
  /** Tables may have changed: they are compared anew by the next list. */
  forgetTables(): void
  get(ref: VersionRef): Promise<ModelDetail>
  lineage(ref: VersionRef): Promise<LineageGraph>
  diff(before: VersionRef, after: VersionRef): Promise<VersionComparison>
  /** Runs the version and records the results. @param bundle also packages and boots it, some seconds more */
  introspect(ref: VersionRef, bundle: boolean): Promise<IntrospectionTest[]>
  /** @throws Failure `conflict` while deployed or aliased */
  remove(ref: VersionRef, why: string): Promise<void>
}

export interface ModelCatalogParts {
  catalog: Catalog
  staleness: Staleness
  bundles: Bundles
  deployments: Deployments
  workspaceFolder: string
}

export function createModelCatalog(parts: ModelCatalogParts): ModelCatalog {
  const { catalog, staleness, bundles, deployments, workspaceFolder } = parts

  async function boot({ name, version }: VersionRef): Promise<{ ok: boolean; detail: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-introspect-'))
    try {
      const options = { out: join(folder, 'bundle'), unrecorded: true }
      const { ok, checks } = await bundles.package({ name, version }, options, () => {})
      const failed = checks.find(({ status }) => status === 'failed')
      const passed = checks.filter(({ status }) => status === 'passed').length
      return { ok, detail: failed ? `${failed.name}: ${failed.detail}` : `${passed} checks of the bundle` }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  return {
    forgetTables: staleness.forgetTables,
    async list() {
      const entries = await catalog.list()
      return Promise.all(entries.map((entry) => modelSummary(entry, staleness)))
    },
    damaged: catalog.damaged,
    async get({ name, version }) {
      const entry = await catalog.get(name, version)
      const history = await catalog.history(name)
      return modelDetail(entry, catalog.folder(name, version), staleness, history)
    },
    async lineage({ name, version }) {
      const { record } = await catalog.get(name, version)
      const state = await catalog.state(name)
      return lineageGraph(record, state)
    },
    async diff(before, after) {
      const [first, second] = await Promise.all(
        [before, after].map(async ({ name, version }) => (await catalog.get(name, version)).record),
      )
      if (!first || !second) throw new Error('Two versions are compared.')
      return { before, after, diff: diffVersions(first, second) }
    },
    async introspect({ name, version }, bundle) {
      const { record } = await catalog.get(name, version)
      const folder = catalog.folder(name, version)
      const tests = await introspect(record, folder, bundle ? () => boot({ name, version }) : undefined)
      await catalog.record(name, { type: 'tested', version, tests })
      return tests
    },
    async remove({ name, version }, why) {
      // By its history alone: one that is damaged can be deleted.
      const aliases = aliasesOf(await catalog.aliases(name), version)
      // Also what the catalog was never told of: a note about a deployment may have failed.
      const mine = await Promise.all(
        (await deployments.list()).map(async (deployment) =>
          (await versionsServedBy(catalog, deployment))
            .filter((one) => one.name === name && one.version === version)
            .map(({ role }) => ({ version, deployment: deployment.name, workspace: workspaceFolder, role })),
        ),
      )
      assertUnused(name, version, aliases, mine.flat())
      await catalog.remove(name, version, why)
    },
  }
}
