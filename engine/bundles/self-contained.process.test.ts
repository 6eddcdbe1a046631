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

  it('serves, scores and verifies from an empty folder with no Node on PATH and no network', async () => {
    const place = join(workspace.folder, 'elsewhere', 'churn')
    await mkdir(join(workspace.folder, 'elsewhere'))
    await cp(bundle, place, { recursive: true })
    const bin = join(workspace.folder, 'bin')
    await mkdir(bin)
    const dirname = (await runFile('sh', ['-c', 'command -v dirname'])).stdout.trim()
    await writeFile(join(bin, 'dirname'), `#!/bin/sh\nexec ${dirname} "$@"\n`, { mode: 0o755 })
    const isolated = ['-rn', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"']
    const works = spawnSync('unshare', [...isolated, 'true']).status === 0
    const run = (command: string, args: string[]) => {
      const words = works ? ['unshare', ...isolated, command, ...args] : [command, ...args]
      // `unshare` is found before PATH is emptied for the bundle.
      return runFile(
        '/usr/bin/env',
        [
          '-i',
          ...(works
            ? [
                'PATH=/usr/bin:/bin:/usr/sbin:/sbin',
                ...words.slice(0, 4),
                `ip link set lo up && PATH=${bin} exec "$0" "$@"`,
                ...words.slice(5),
              ]
            : [`PATH=${bin}`, ...words]),
        ],
        { cwd: place },
      )
    }
    const { rows } = workspace.sample
    await writeFile(join(place, 'state-in.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    await run(join(place, 'score'), ['state-in.ndjson', 'state-out.ndjson'])
    const scored = (await readFile(join(place, 'state-out.ndjson'), 'utf8')).trim().split('\n')
    expect(scored).toHaveLength(rows.length)
    await rm(join(place, 'state-in.ndjson'))
    await rm(join(place, 'state-out.ndjson'))
    const { stdout } = await run(join(place, 'verify'), ['--json'])
    const verified = JSON.parse(stdout) as Report
    expect(verified.checks.filter((check) => check.status === 'failed')).toEqual([])
    expect(verified.checks.find((check) => check.name === 'Runs on its own Node')?.status).toBe('passed')
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
