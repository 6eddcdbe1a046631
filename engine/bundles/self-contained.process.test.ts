import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../shared/bundle/check.ts'
import type { Target } from '../../shared/bundle/manifest.ts'
import { bundleNode, hostTarget, readBundleManifest } from './read-bundle.ts'
import { nativeTargetSchema } from './runtimes/locked.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

const runFile = promisify(execFile)
const version = { name: 'churn', version: 1 }
const target: Target = nativeTargetSchema.parse(hostTarget())

/** Whether this system lets us take the network away; containers often do not. */
const isolates =
  spawnSync('unshare', ['-rn', 'sh', '-c', 'ip link set lo up && exec "$0"', 'true']).status === 0
const networkWords = isolates
  ? 'and no network'
  : '(with the network, which this system lets nobody take away)'

/** Starts the serve script, sends it a body, prints the answer and stops it. */
const asking = `
  import { spawn } from 'node:child_process'
  const [serve, state, body] = process.argv.slice(2)
  const server = spawn(serve, ['--port', '0', '--state', state], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise((ready) => {
    let said = ''
    server.stdout.on('data', (bytes) => {
      said += bytes
      const found = /^ready (\\S+) in/m.exec(said)
      if (found) ready(found[1])
    })
  })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url + '/predict', { method: 'POST', headers, body })
  process.stdout.write(await answer.text())
  server.kill('SIGTERM')
`

let workspace: SampleWorkspace
let report: Report
let bundle: string

beforeAll(async () => {
  workspace = await sampleWorkspace()
  report = await workspace.bundles.package(version, { target }, () => {})
  bundle = report.path
})
afterAll(() => workspace.remove())

const checkOf = (name: string) => report.checks.find((check) => check.name === name)

describe('a self-contained bundle', () => {
  it('is verified on the Node that it carries', async () => {
    const { runtime } = await readBundleManifest(bundle)
    expect(runtime).toMatchObject({ target, node: process.versions.node })
    expect(checkOf('Runs on its own Node')).toMatchObject({
      status: 'passed',
      detail: expect.stringMatching(/^runtime\/node.*Node \d/),
    })
    expect(report.ok).toBe(true)
    const { node } = bundleNode(bundle, await readBundleManifest(bundle))
    expect((await runFile(node ?? '', ['--version'])).stdout.trim()).toBe(`v${runtime.node}`)
  })

  it(`serves, scores and verifies from an empty folder with no Node on PATH ${networkWords}`, async () => {
    const place = join(workspace.folder, 'elsewhere', 'churn')
    await mkdir(join(workspace.folder, 'elsewhere'))
    await cp(bundle, place, { recursive: true })
    const bin = join(workspace.folder, 'bin')
    await mkdir(bin)
    const dirname = (await runFile('sh', ['-c', 'command -v dirname'])).stdout.trim()
    await writeFile(join(bin, 'dirname'), `#!/bin/sh\nexec ${dirname} "$@"\n`, { mode: 0o755 })
    // `unshare` is found before PATH is emptied for the bundle.
    const alone = isolates
      ? [
          'PATH=/usr/bin:/bin:/usr/sbin:/sbin',
          'unshare',
          '-rn',
          'sh',
          '-c',
          `ip link set lo up && PATH=${bin} exec "$0" "$@"`,
        ]
      : [`PATH=${bin}`]
    const run = (...words: string[]) => runFile('/usr/bin/env', ['-i', ...alone, ...words], { cwd: place })

    const { rows, predictions, probabilities = [] } = workspace.sample
    await writeFile(join(place, 'state-in.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    await run(join(place, 'score'), 'state-in.ndjson', 'state-out.ndjson')
    const scored = (await readFile(join(place, 'state-out.ndjson'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(scored.map((row) => row.prediction)).toEqual(predictions)
    expect(scored.map((row) => [row.probability_No, row.probability_Yes])).toEqual(probabilities)
    await rm(join(place, 'state-in.ndjson'))
    await rm(join(place, 'state-out.ndjson'))

    // Nobody outside reaches a server without a network: the bundle's own Node asks it from within.
    await writeFile(join(workspace.folder, 'ask.mjs'), asking)
    const asked = await run(
      join(place, 'runtime', 'node'),
      join(workspace.folder, 'ask.mjs'),
      join(place, 'serve'),
      join(workspace.folder, 'state'),
      JSON.stringify({ data: rows }),
    )
    const answer = JSON.parse(asked.stdout)
    expect(answer.prediction).toEqual(predictions)
    expect(answer.probabilities.map((one: Record<string, number>) => [one.No, one.Yes])).toEqual(
      probabilities,
    )

    const { stdout } = await run(join(place, 'verify'), '--json')
    const verified = JSON.parse(stdout) as Report
    const statusOf = (name: string) => verified.checks.find((check) => check.name === name)?.status
    expect(verified.checks.filter((check) => check.status === 'failed')).toEqual([])
    expect(statusOf('Runs on its own Node')).toBe('passed')
    if (isolates) expect(statusOf('Needs no network')).toBe('passed')
  })

  it('lists the runtime in its bill of materials and its licences, and containers use it', async () => {
    const text = (path: string) => readFile(join(bundle, path), 'utf8')
    const sbom = JSON.parse(await text('sbom.cdx.json'))
    const names = sbom.components.map((component: { name: string }) => component.name)
    expect(names.some((name: string) => /^node-(bin-)?(linux|darwin|win)-/.test(name))).toBe(true)
    expect(await text('LICENSES.txt')).toContain('Node.js is licensed for use as follows')
    expect(await text('README.md')).toContain(`runs by itself on ${target}`)
    if (target.startsWith('linux')) {
      expect(await text('Dockerfile')).toContain('CMD ["runtime/node", "server.mjs", "serve"]')
      expect(await text('kubernetes.yaml')).toContain('kubernetes.io/arch')
    }
  })

  it('is refused with a changed byte in its Node', async () => {
    const changed = join(workspace.folder, 'changed')
    await cp(bundle, changed, { recursive: true })
    const { node = '' } = bundleNode(changed, await readBundleManifest(changed))
    const bytes = await readFile(node)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    await writeFile(node, bytes)
    const { ok, checks } = await workspace.bundles.verify(changed, () => {})
    expect(ok).toBe(false)
    expect(checks[0]?.detail).toContain('runtime/node')
  })
})
