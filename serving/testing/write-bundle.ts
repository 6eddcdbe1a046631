import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import type { Manifest } from '../../shared/bundle/manifest.ts'
import { type SampleVersion, sampleVersion } from '../../shared/bundle/testing/sample-version.ts'
import type { Task } from '../../shared/signature/signature.ts'
import { servingBuild } from '../build-options.ts'

export interface WrittenBundle {
  folder: string
  sample: SampleVersion
  remove(): Promise<void>
}

const digest = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex')

export interface BundleOptions {
  /** Also builds `server.mjs` into it. */
  withServer?: boolean
  version?: number
  /** Of the model's weights. */
  seed?: number
  /** Units of the model's hidden layers. */
  hidden?: readonly number[]
}

/** A bundle of a sample model in a temporary folder. */
export async function writeBundle(task: Task, options: BundleOptions = {}): Promise<WrittenBundle> {
  const { withServer = false, version = 3, seed = 7, hidden = [] } = options
  // As servers name it: where the system's temporary folder is a link, as on macOS, its path is another one.
  const folder = await realpath(await mkdtemp(join(os.tmpdir(), 'slipway-bundle-')))
  const sample = sampleVersion({
    sha256: digest,
    encode: (text) => new TextEncoder().encode(text),
    task,
    seed,
    hidden,
  })
  const files = new Map(sample.files)
  if (withServer) {
    const outfile = join(folder, 'server.mjs')
    const result = await build({ ...servingBuild({ outfile, version: '0.0.1' }), write: false })
    const bytes = result.outputFiles?.[0]?.contents
    if (bytes) files.set('server.mjs', bytes)
  }
  const manifest: Manifest = {
    format: 1,
    name: 'churn',
    version,
    created: '2026-01-01T00:00:00.000Z',
    runtime: { slipway: '0.0.1', node: process.versions.node, target: 'any' },
    files: [...files].map(([path, bytes]) => ({ path, bytes: bytes.byteLength, sha256: digest(bytes) })),
  }
  files.set('manifest.json', new TextEncoder().encode(JSON.stringify(manifest)))
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
  return { folder, sample, remove: () => rm(folder, { recursive: true, force: true }) }
}
