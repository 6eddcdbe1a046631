import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { type SampleVersion, sampleVersion } from '../../../shared/bundle/testing/sample-version.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { createCatalog } from '../../catalog/create-catalog.ts'
import { type Changes, createChanges } from '../../changes.ts'
import { createChildProcessPort, type ProcessPort } from '../../deployments/process-port.ts'
import { createTasks, type Tasks } from '../../tasks.ts'
import { type Bundles, createBundles } from '../bundles.ts'
import { createRuntimes, type Runtimes } from '../runtimes/runtimes.ts'
import { servingComponents } from '../serving-components.ts'

export interface SampleWorkspace {
  folder: string
  catalog: Catalog
  bundles: Bundles
  changes: Changes
  tasks: Tasks
  processes: ProcessPort
  sample: SampleVersion
  remove(): Promise<void>
}

const root = join(import.meta.dirname, '..', '..', '..')

/** A workspace whose catalog holds version 1 of a sample model, and the services that package it. */
export async function sampleWorkspace(options: { runtimes?: Runtimes } = {}): Promise<SampleWorkspace> {
  const folder = await mkdtemp(join(os.tmpdir(), 'slipway-workspace-'))
  const servingFile = join(folder, '.slipway', 'server.mjs')
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: [join(root, 'serving', 'main.ts')],
    outfile: servingFile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    logLevel: 'warning',
    alias: { '@duckdb/node-bindings': './runtime/duckdb.node' },
    external: ['./runtime/duckdb.node', 'pg-native', 'pg-cloudflare'],
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const __load=__createRequire(import.meta.url);const require=Object.assign((id)=>__load(id==="./runtime/duckdb.node"?process.env.SLIPWAY_DUCKDB||id:id),__load);',
    },
  })
  const components = await servingComponents(metafile, root)
  await writeFile(join(folder, '.slipway', 'components.json'), JSON.stringify(components))
  const sample = sampleVersion({
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    encode: (text) => new TextEncoder().encode(text),
  })
  const catalog = createCatalog({ folder: join(folder, '.slipway', 'catalog') })
  await catalog.register({ record: sample.record, naive: {}, files: sample.files })
  const changes = createChanges()
  const tasks = createTasks()
  const processes = createChildProcessPort()
  const bundles = createBundles({
    catalog,
    workspaceFolder: folder,
    servingFile,
    templateFolder: join(root, 'resources', 'bundle'),
    slipwayVersion: '0.0.1',
    tasks,
    changes,
    processes,
    runtimes:
      options.runtimes ??
      createRuntimes({
        lockFile: join(root, 'resources', 'runtimes', 'locked.json'),
        cacheFolder: join(folder, 'runtimes'),
      }),
    gateMetrics: async ({ name, version }, champion) => {
      const metrics = async (of: number) => (await catalog.get(name, of)).record.metrics
      const other = champion === null ? null : { version: champion, metrics: await metrics(champion) }
      return { own: await metrics(version), rows: 100, champion: other }
    },
    licenseFolder: join(root, 'resources', 'runtimes'),
  })
  const remove = () => rm(folder, { recursive: true, force: true })
  return { folder, catalog, bundles, changes, tasks, processes, sample, remove }
}
