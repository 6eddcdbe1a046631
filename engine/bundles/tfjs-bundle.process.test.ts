/** A model of layers that tfjs scores: its bundle carries tfjs, passes every check and answers as the notebook does. */
import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tensorsBuild } from '../../serving/build-options.ts'
import { tensorComponentsFile } from '../../shared/bundle/tensor-files.ts'
import { createCatalog } from '../catalog/create-catalog.ts'
import { cell, openFixture } from '../notebook/fixtures/notebook-fixture.ts'
import { createTraining } from '../training/create-training.ts'
import { servingComponents } from './serving-components.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

const root = join(import.meta.dirname, '..', '..')
const wasm = 'tfjs-backend-wasm-simd.wasm'
let workspace: SampleWorkspace
let folder: string

/** The files that the build lays beside the server. */
async function buildTensors(into: string): Promise<void> {
  const options = { ...tensorsBuild({ outfile: join(into, 'tensors.mjs') }), absWorkingDir: root }
  const { metafile } = await build({ ...options, metafile: true })
  await writeFile(join(into, tensorComponentsFile), JSON.stringify(await servingComponents(metafile, root)))
  await copyFile(join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist', wasm), join(into, wasm))
}

const rows = cell(
  'sql',
  'rows',
  `select ((i * 7919) % 72)::double as tenure, ['month', 'year', 'two'][1 + (i * 31) % 3] as plan,
     3.0 * ((i * 7919) % 72) + 10 * ((i * 31) % 3) as spend from range(300) r(i)`,
  { materialize: 'table' },
)
const network = cell(
  'typescript',
  'network',
  `const features = await catalog.fitFeatures('rows', { target: 'spend' })
   const input = tf.input({ shape: [features.width] })
   const left = tf.layers.dense({ units: 6, activation: 'relu' }).apply(input)
   const right = tf.layers.dense({ units: 6, activation: 'tanh' }).apply(input)
   const both = tf.layers.batchNormalization().apply(tf.layers.concatenate().apply([left, right]))
   const model = tf.model({ inputs: input, outputs: tf.layers.dense({ units: 1 }).apply(both) })
   model.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' })
   const { xs, ys } = await features.tensors('train')
   await model.fit(xs, ys, { epochs: 3, verbose: 0 })
   const version = await catalog.register('spend', { model, features })
   const { columns } = await version.predict('rows')
   JSON.stringify([...columns.prediction])`,
)

beforeAll(async () => {
  workspace = await sampleWorkspace()
  await buildTensors(join(workspace.folder, '.slipway'))
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-tfjs-bundle-'))
})
afterAll(async () => {
  await workspace.remove()
  await rm(folder, { recursive: true, force: true })
})

test('the bundle boots, replays its rows and gives the bits that the notebook shows', async () => {
  const catalog = createCatalog({ folder: join(workspace.folder, '.slipway', 'catalog') })
  const fixture = await openFixture([rows, network], {
    catalog,
    training: (database) =>
      createTraining({ database, workspaceFolder: workspace.folder, slipwayVersion: '0.0.0-test' }),
  })
  await fixture.run({ type: 'all' })
  const shown = (await fixture.cell('network')).outputs.at(-1)
  if (shown?.type !== 'text') throw new Error(JSON.stringify(shown))
  const session = await fixture.database.session()
  await session.run(`copy (select tenure, plan from "rows") to '${join(folder, 'in.csv')}' (header)`)
  session.close()
  await fixture.close()

  const { ok, path, checks } = await workspace.bundles.package({ name: 'spend', version: 1 }, {}, () => {})
  expect(checks.filter((check) => check.status === 'failed')).toEqual([])
  expect(ok).toBe(true)
  expect(await readdir(path)).toEqual(expect.arrayContaining(['server.mjs', 'tensors.mjs', wasm]))
  const sbom = JSON.parse(await readFile(join(path, 'sbom.cdx.json'), 'utf8'))
  const names = sbom.components.map(({ name }: { name: string }) => name)
  expect(names).toEqual(expect.arrayContaining(['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm']))
  const licenses = await readFile(join(path, 'LICENSES.txt'), 'utf8')
  expect(licenses).toMatch(/in server\.mjs and tensors\.mjs/)
  expect(licenses).toMatch(/@tensorflow\/tfjs-layers@4\.22\.0: /)

  const output = join(folder, 'out.ndjson')
  const child = spawn(process.execPath, [join(path, 'server.mjs'), 'score', join(folder, 'in.csv'), output])
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
  const scored = (await readFile(output, 'utf8')).trim().split('\n')
  expect(scored.map((line) => JSON.parse(line).prediction)).toEqual(JSON.parse(shown.text))
})

test('a bundle of another model carries no tfjs', async () => {
  const { path } = await workspace.bundles.package(
    { name: workspace.sample.record.name, version: 1 },
    {},
    () => {},
  )
  expect(await readdir(path)).not.toContain('tensors.mjs')
  expect(await readFile(join(path, 'LICENSES.txt'), 'utf8')).not.toContain('tfjs')
})
