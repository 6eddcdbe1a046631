/** A table of 2,000 columns goes all the way: trained with a leak among them, packaged and served. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examplesSchema, type Manifest } from '../../shared/bundle/manifest.ts'
import { decodeJson } from '../../shared/decode.ts'
import { openTrainingBench } from '../training/testing/training-bench.ts'
import { bundleFiles, manifestOf } from './bundle-files.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

const root = join(import.meta.dirname, '..', '..')
const runtime: Manifest['runtime'] = { slipway: '0.0.1', node: process.versions.node, target: 'any' }

let workspace: SampleWorkspace
beforeAll(async () => {
  workspace = await sampleWorkspace()
})
afterAll(() => workspace.remove())

/** As packaging writes it; its verification, which sends 10,000 rows, takes longer than all of this. */
async function writeBundle(folder: string): Promise<void> {
  const { record } = await workspace.catalog.get('wide', 1)
  const files = await bundleFiles({
    record,
    versionFolder: workspace.catalog.folder('wide', 1),
    card: null,
    templateFolder: join(root, 'resources', 'bundle'),
    servingFile: join(workspace.folder, '.slipway', 'server.mjs'),
    runtime,
    licenseFolder: join(root, 'resources', 'runtimes'),
  })
  const manifest = JSON.stringify(manifestOf(record, files, runtime))
  for (const file of [...files, { path: 'manifest.json', bytes: Buffer.from(manifest) }]) {
    await mkdir(dirname(join(folder, file.path)), { recursive: true })
    if ('bytes' in file) await writeFile(join(folder, file.path), file.bytes)
  }
}

test('2,000 columns are trained on, searched for leaks, packaged and served', async () => {
  const bench = await openTrainingBench()
  const columns = Array.from({ length: 2_000 }, (_, i) =>
    i === 1_234
      ? 'y::integer * 3 + hash(i) % 100 / 100.0 as f1234'
      : i % 20 === 7
        ? `'v' || hash(i, ${i}) % 5 as f${i}`
        : `hash(i, ${i}) % 1000 / 10.0 as f${i}`,
  )
  await bench.sql(
    `create table wide as select y, ${columns.join(', ')} from (select i, hash(i, 'y') % 2 = 0 as y from range(300) t(i))`,
  )
  const model = { kind: 'gbdt', trees: 3 }
  const trained = await bench.train({ from: 'wide', target: 'y', model, register: 'wide' })
  await bench.close()
  expect(trained.record.warnings).toMatchObject([{ kind: 'single-feature', column: 'f1234' }])
  expect(trained.record.signature.inputs).toHaveLength(2_000)
  const card = new TextDecoder().decode(trained.files.get('card.md'))
  expect(card.match(/^\| f\d+ /gm)).toHaveLength(100)
  expect(card).toContain('And 1,900 more: the signature has all of them.')

  await workspace.catalog.register(trained)
  const folder = join(workspace.folder, 'wide-1')
  await writeBundle(folder)
  const server = spawn(process.execPath, [join(folder, 'server.mjs'), 'serve', '--port', '0'], { env: {} })
  const ended = once(server, 'close')
  try {
    const [said] = await once(server.stdout, 'data')
    const url = `${/ready (\S+)/.exec(String(said))?.[1]}/predict`
    const send = async (rows: unknown) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(rows) })
      return { status: answer.status, text: await answer.text() }
    }
    const recorded = await readFile(join(folder, 'examples.json'), 'utf8')
    const { rows, predictions } = decodeJson(examplesSchema, recorded, 'examples.json')
    const answer = await send(rows)
    expect(JSON.parse(answer.text).prediction).toEqual(predictions)
    const { f1999: _, ...lacking } = rows[0]!
    const refused = await send([lacking])
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('f1999')
  } finally {
    server.kill()
    await ended
  }
})
