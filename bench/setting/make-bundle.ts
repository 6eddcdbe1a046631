import { createHash } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { createBundles } from '../../engine/bundles/bundles.ts'
import { createRuntimes } from '../../engine/bundles/runtimes/runtimes.ts'
import { createCatalog } from '../../engine/catalog/create-catalog.ts'
import { createChanges } from '../../engine/changes.ts'
import { createChildProcessPort } from '../../engine/deployments/process-port.ts'
import { createTasks } from '../../engine/tasks.ts'
import { type SampleVersion, sampleVersion } from '../../shared/bundle/testing/sample-version.ts'

const resources = join(import.meta.dirname, '..', '..', 'resources')

export interface MadeBundle {
  folder: string
  /** To be removed with all that is in it. */
  workspace: string
  sample: SampleVersion
}

/** Packages a logistic model of 20 columns, as wide as the table of telecom customers, with the built serving file. */
export async function makeBundle(servingFile: string, repeat = 4): Promise<MadeBundle> {
  const workspace = await mkdtemp(join(os.tmpdir(), 'slipway-bench-'))
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const sample = sampleVersion({
    sha256,
    encode: (text) => new TextEncoder().encode(text),
    repeat,
    rows: 200,
  })
  const catalog = createCatalog({ folder: join(workspace, '.slipway', 'catalog') })
  const { name, version } = await catalog.register({ record: sample.record, naive: {}, files: sample.files })
  const bundles = createBundles({
    catalog,
    workspaceFolder: workspace,
    servingFile,
    templateFolder: join(resources, 'bundle'),
    slipwayVersion: '0.1.0',
    tasks: createTasks(),
    changes: createChanges(),
    processes: createChildProcessPort(),
    runtimes: createRuntimes({
      lockFile: join(resources, 'runtimes', 'locked.json'),
      cacheFolder: join(workspace, 'runtimes'),
    }),
    gateMetrics: async (ref) => ({
      own: (await catalog.get(ref.name, ref.version)).record.metrics,
      rows: 100,
      champion: null,
    }),
    licenseFolder: join(resources, 'runtimes'),
  })
  const report = await bundles.package({ name, version }, {}, (event) => {
    if (event.type === 'check')
      console.error(`${event.check.status}  ${event.check.name}: ${event.check.detail}`)
  })
  if (!report.ok) throw new Error('The bundle did not pass its checks.')
  return { folder: report.path, workspace, sample }
}
