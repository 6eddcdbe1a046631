/** What a deployment is set to: kept, refused, shown, and secrets kept to the owner. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type SampleWorkspace, sampleWorkspace } from '../bundles/testing/sample-workspace.ts'
import { createDeployments } from './create-deployments.ts'
import type { Deployments } from './deployments.ts'

let workspace: SampleWorkspace
let bundle: string
let deployments: Deployments

const open = () =>
  createDeployments({
    workspaceFolder: workspace.folder,
    changes: workspace.changes,
    processes: workspace.processes,
    environment: { SLIPWAY_LINGER_SECONDS: '0' },
  })

beforeAll(async () => {
  workspace = await sampleWorkspace()
  bundle = (await workspace.bundles.package({ name: 'churn', version: 1 }, {}, () => {})).path
  deployments = open()
})
afterEach(async () => {
  for (const { name } of await deployments.list()) await deployments.remove(name)
})
afterAll(() => workspace.remove())

describe('deployments', () => {
  it('keep their settings over activation by another engine, tokens in a file for the owner only', async () => {
    const token = 'sesame-open'
    const settings = { SLIPWAY_TOKEN: token, SLIPWAY_ROWS: '3', SLIPWAY_WINDOW_SECONDS: '2' }
    const { endpoint } = await deployments.deploy({ bundle, name: 'live', settings })
    const rows = (count: number) => workspace.sample.rows.slice(0, count)
    const statuses = async (by: Deployments) => [
      (await fetch(`${endpoint}/predict`, { method: 'POST', body: JSON.stringify(rows(1)) })).status,
      (await by.request('live', rows(3))).status,
      (await by.request('live', rows(4))).status,
    ]
    expect(await statuses(deployments)).toEqual([401, 200, 413])
    expect(await deployments.scale('live', 2)).toMatchObject({ replicas: 2, state: 'ACTIVE' })
    await expect(deployments.activate('live', { SLIPWAY_ROWS: '4' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('runs'),
    })
    const folder = join(workspace.folder, '.slipway', 'deployments', 'live')
    const record = await readFile(join(folder, 'deployment.json'), 'utf8')
    expect(JSON.parse(record).settings).toEqual({ SLIPWAY_ROWS: '3', SLIPWAY_WINDOW_SECONDS: '2' })
    expect(record).not.toContain(token)
    if (process.platform !== 'win32') {
      expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600)
    }

    await deployments.deactivate('live')
    const next = open()
    await next.activate('live')
    expect(await statuses(next)).toEqual([401, 200, 413])
    expect(await next.token('live')).toBe(token)
    await next.deactivate('live')
    await next.activate('live', { SLIPWAY_ROWS: '', SLIPWAY_TOKEN: '' })
    expect(await statuses(next)).toEqual([200, 200, 200])
    expect(await next.token('live')).toBe(null)
  })

  it('refuse settings before anything starts, and say what the server found where only it can tell', async () => {
    for (const [settings, message] of [
      [{ SLIPWAY_PORT: '80' }, 'SLIPWAY_PORT cannot be set for a deployment'],
      [{ SLIPWAY_RATE: 'fast' }, 'SLIPWAY_RATE is "fast", expected a number from 0 to 1000000.'],
    ] as [Record<string, string>, string][]) {
      await expect(deployments.deploy({ bundle, name: 'live', settings })).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringMatching(new RegExp(`^${message}`)),
      })
    }
    const settings = { SLIPWAY_INFLIGHT: '1' }
    await expect(deployments.deploy({ bundle, name: 'live', replicas: 2, settings })).rejects.toMatchObject({
      message: expect.stringContaining(
        'Its log ends with: SLIPWAY_INFLIGHT is 1, expected at least 1 for each',
      ),
    })
    expect(await deployments.list()).toEqual([])
    expect(await readdir(join(workspace.folder, '.slipway', 'deployments'))).toEqual([])
  })

  it('say which settings are in force, secrets by their names alone', async () => {
    const settings = { SLIPWAY_TOKEN: 'sesame-open', SLIPWAY_ROWS: '3' }
    await deployments.deploy({ bundle, name: 'live', settings })
    const described = await deployments.describe('live')
    expect(described.settings).toEqual({ values: { SLIPWAY_ROWS: '3' }, secrets: ['SLIPWAY_TOKEN'] })
    expect(JSON.stringify(described)).not.toContain('sesame')
  })
})
