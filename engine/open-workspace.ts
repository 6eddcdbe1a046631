import { join } from 'node:path'
import { type Bundles, createBundles } from './bundles/bundles.ts'
import { createRuntimes } from './bundles/runtimes/runtimes.ts'
import type { Catalog } from './catalog/catalog.ts'
import { createCatalog } from './catalog/create-catalog.ts'
import { createModelCatalog, type ModelCatalog } from './catalog/model-catalog.ts'
import { neighbourCatalogs } from './catalog/neighbour-catalogs.ts'
import { createPackagingCatalogs } from './catalog/packaging-catalogs.ts'
import { recordDeployments, recordPackaging } from './catalog/record-uses.ts'
import { createStaleness, type TableLook } from './catalog/staleness.ts'
import { watchSources } from './catalog/watch-sources.ts'
import { type Changes, createChanges } from './changes.ts'
import { createData, type Data } from './data/data.ts'
import type { Database } from './data/database.ts'
import { lazyDatabase } from './data/lazy-database.ts'
import { relationFingerprint } from './data/relation-fingerprint.ts'
import { createDeployments } from './deployments/create-deployments.ts'
import type { Deployments } from './deployments/deployments.ts'
import { createChildProcessPort, type ProcessPort } from './deployments/process-port.ts'
import { createEvaluation } from './evaluation/create-evaluation.ts'
import type { Evaluation } from './evaluation/evaluation.ts'
import { measureForGates } from './evaluation/measure-for-gates.ts'
import { createImports } from './importing/create-imports.ts'
import type { Imports } from './importing/imports.ts'
import { installation } from './installation.ts'
import { createMonitoring } from './monitoring/create-monitoring.ts'
import type { Monitoring } from './monitoring/monitoring.ts'
import { createNotebooks, type Notebooks } from './notebook/notebooks.ts'
import { createTasks, type Tasks } from './tasks.ts'
import { createTraining } from './training/create-training.ts'
import type { Training } from './training/training.ts'
import { defaultStateFolder } from './workspace/recent.ts'
import type { Workspace } from './workspace/workspaces.ts'

/** Everything that belongs to one open workspace. */
export interface OpenWorkspace {
  readonly workspace: Workspace
  readonly database: Database
  readonly data: Data
  readonly training: Training
  readonly imports: Imports
  readonly catalog: Catalog
  readonly evaluation: Evaluation
  readonly models: ModelCatalog
  readonly notebooks: Notebooks
  readonly bundles: Bundles
  readonly deployments: Deployments
  /** Made at the first call: it keeps its tables in the database, which another process may hold. */
  monitoring(): Promise<Monitoring>
  /** From now on tells of data files and notebooks that change under versions and cells. */
  watchSources(): void
  /** From now on gives running deployments their keepers back and tells what becomes of them. */
  watchDeployments(): void
  close(): Promise<void>
}

export interface Surroundings {
  tasks?: Tasks
  changes?: Changes
  processes?: ProcessPort
}

/** A view over much data is not read to its end only to say whether a version is stale. */
const fingerprintLimitMs = 5_000

/** Where another process holds the database, or reading takes too long, a table cannot be looked at now. */
async function lookAtTable(database: Database, relation: string): Promise<TableLook> {
  const session = await database.session().catch(() => undefined)
  if (!session) return { kind: 'not now' }
  let late = false
  const timer = setTimeout(() => {
    late = true
    session.interrupt()
  }, fingerprintLimitMs)
  try {
    const table = await relationFingerprint(session, relation)
    if (late) return { kind: 'not now' }
    return table ? { kind: 'there', table } : { kind: 'gone' }
  } catch (error) {
    if (late) return { kind: 'not now' }
    const [problem = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return { kind: 'unreadable', problem }
  } finally {
    clearTimeout(timer)
    session.close()
  }
}

/** Constructs the services of a workspace. Nothing runs and the database is not opened before it is asked for. */
export function openServices(workspace: Workspace, surroundings: Surroundings = {}): OpenWorkspace {
  const {
    tasks = createTasks(),
    changes = createChanges(),
    processes = createChildProcessPort(),
  } = surroundings
  const workspaceFolder = workspace.path
  const slipwayVersion = installation.version
  const database = lazyDatabase(workspace.folders.database, workspaceFolder)
  const data = createData({ database, workspaceFolder, changes })
  const catalog = createCatalog({
    folder: workspace.folders.catalog,
    workspace: { id: workspace.id, name: workspace.name },
    onChange: changes.emit,
  })
  const training = createTraining({ database, workspaceFolder, slipwayVersion })
  const notebooks = createNotebooks({ workspaceFolder, database, training, catalog, tasks, changes })
  const evaluation = createEvaluation({
    database,
    catalog,
    tasks,
    folder: join(workspace.folders.state, 'evaluations'),
    reportScript: installation.reportScript,
  })
  const packaging = createBundles({
    catalog,
    workspaceFolder,
    servingFile: installation.servingFile,
    templateFolder: join(installation.resourcesFolder, 'bundle'),
    slipwayVersion,
    tasks,
    changes,
    processes,
    runtimes: createRuntimes({
      lockFile: join(installation.resourcesFolder, 'runtimes', 'locked.json'),
      cacheFolder: join(defaultStateFolder(), 'runtimes'),
    }),
    gateMetrics: measureForGates({ catalog, evaluation }),
    licenseFolder: join(installation.resourcesFolder, 'runtimes'),
  })
  const deploying = createDeployments({ workspaceFolder, changes, processes })
  const bundles = recordPackaging(packaging, catalog, () =>
    createPackagingCatalogs(defaultStateFolder()).add(workspace.folders.catalog),
  )
  const catalogs = async () => [
    catalog,
    ...(await neighbourCatalogs(workspace.folders.catalog, defaultStateFolder())),
  ]
  const deployments = recordDeployments(deploying, catalogs, workspaceFolder)
  let monitoring: Promise<Monitoring> | null = null
  const staleness = createStaleness({
    workspaceFolder,
    workspaceId: workspace.id,
    fingerprint: (relation) => lookAtTable(database, relation),
  })
  const unwatch = changes.watch((area) => {
    if (area !== 'relations') return
    staleness.forgetTables()
    changes.emit('models')
  })
  let unwatchSources = () => {}
  let unwatchDeployments = () => {}
  return {
    workspace,
    database,
    data,
    training,
    imports: createImports({ database, catalog, workspaceFolder, slipwayVersion }),
    catalog,
    evaluation,
    models: createModelCatalog({ catalog, staleness, bundles, deployments, workspaceFolder }),
    watchSources() {
      unwatchSources()
      unwatchSources = watchSources(staleness.watched, async () => {
        await notebooks.checkFiles()
        changes.emit('models')
      })
    },
    notebooks,
    bundles,
    deployments,
    monitoring() {
      monitoring ??= createMonitoring({ database, deployments, changes })
      monitoring.catch(() => {
        monitoring = null
      })
      return monitoring
    },
    watchDeployments() {
      unwatchDeployments()
      unwatchDeployments = deployments.watch()
    },
    async close() {
      unwatch()
      unwatchSources()
      unwatchDeployments()
      await notebooks.close()
      await training.close()
      await (await monitoring)?.stop()
      data.close()
      database.close()
    },
  }
}
