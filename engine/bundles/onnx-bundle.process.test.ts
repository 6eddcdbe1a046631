/** An ONNX model in a bundle, alone on a runtime of its own, answers as the cell that scores it in the workbench. */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { endChild } from '../../serving/testing/end-child.ts'
import { openDatabase } from '../data/database.ts'
import { createImports } from '../importing/create-imports.ts'
import recorded from '../importing/fixtures/onnx-imports.json' with { type: 'json' }
import { scoreRows } from '../scoring/score-rows.ts'
import { withScoredVersion } from '../scoring/scored-version.ts'
import { defaultStateFolder } from '../workspace/recent.ts'
import { createRuntimes } from './runtimes/runtimes.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

type Row = Record<string, unknown>
const ref = { name: 'birds', version: 1 }
const names = ['length', 'width', 'depth', 'weight']
const network = recorded.cases.find(({ name }) => name === 'network')
const rows = (network?.rows ?? []) as Row[]

let workspace: SampleWorkspace
let folder: string
let server: ReturnType<typeof spawn>
let endpoint: string

beforeAll(async () => {
  const lockFile = join(import.meta.dirname, '../../resources/runtimes/locked.json')
  // The user's own cache: 46 MB are fetched once, and not for every run of the tests.
  const runtimes = createRuntimes({ lockFile, cacheFolder: join(defaultStateFolder(), 'runtimes') })
  workspace = await sampleWorkspace({ runtimes })
  const database = await openDatabase(':memory:', workspace.folder)
  const { catalog } = workspace
  const imports = createImports({
    database,
    catalog,
    workspaceFolder: workspace.folder,
    slipwayVersion: '0.0.1',
  })
  const file = join(import.meta.dirname, '../importing/fixtures/onnx/network.onnx')
  await imports.import({ file, shown: 'network.onnx', name: 'birds', columns: names })
  database.close()
  folder = join(workspace.folder, 'bundle')
}, 120_000)

afterAll(async () => {
  await endChild(server)
  await workspace.remove()
})

it('is refused for any platform, and packaged for this one with every check passed', async () => {
  const { bundles } = workspace
  await expect(bundles.package(ref, { out: folder, target: 'any' }, () => {})).rejects.toThrow(
    'birds version 1 is an ONNX model, which ONNX Runtime runs by native code',
  )
  expect(await bundles.targets(ref)).not.toContain('any')
  const { ok, checks } = await bundles.package(ref, { out: folder }, () => {})
  expect(checks.filter((check) => check.status === 'failed')).toEqual([])
  expect(ok).toBe(true)
  expect(await readFile(join(folder, 'LICENSES.txt'), 'utf8')).toContain('onnxruntime-node')
  const { components } = JSON.parse(await readFile(join(folder, 'sbom.cdx.json'), 'utf8'))
  expect(components.map(({ name }: { name: string }) => name)).toContain('onnxruntime-node')
}, 120_000)

it('answers over HTTP and in a batch with the bits of the workbench', async () => {
  const expected = await withScoredVersion(workspace.catalog, 'birds', (scored) => scoreRows(scored, rows))
  const probabilities = expected.map(({ probabilities: of }) => of)
  server = spawn(join(folder, 'serve'), ['--port', '0'], { env: { PATH: '/usr/bin:/bin' }, cwd: os.tmpdir() })
  endpoint = await new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)
      if (found) resolve(found[0])
    }
    server.stdout?.on('data', read)
    server.stderr?.on('data', read)
    server.on('exit', () => reject(new Error(text)))
  })
  const ask = async (data: readonly Row[]) => {
    const answer = await fetch(`${endpoint}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data }),
    })
    expect(answer.status).toBe(200)
    return (await answer.json()) as { prediction: string[]; probabilities: Record<string, number>[] }
  }
  const together = await ask(rows)
  expect(together.prediction).toEqual(expected.map(({ prediction }) => prediction))
  expect(together.probabilities).toEqual(probabilities)
  const alone = await Promise.all(rows.map(async (row) => (await ask([row])).probabilities[0]))
  expect(alone).toEqual(probabilities)

  const [input, output] = [join(workspace.folder, 'rows.ndjson'), join(workspace.folder, 'scored.ndjson')]
  await writeFile(input, rows.map((row) => JSON.stringify(row)).join('\n'))
  const score = spawn(join(folder, 'score'), [input, output], { env: { PATH: '/usr/bin:/bin' } })
  expect(await new Promise((resolve) => score.on('exit', resolve))).toBe(0)
  const scored = (await readFile(output, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
  const classes = Object.keys(expected[0]?.probabilities ?? {})
  const batch = scored.map((row) =>
    Object.fromEntries(classes.map((name) => [name, row[`probability_${name}`]])),
  )
  expect(batch).toEqual(probabilities)
}, 60_000)
