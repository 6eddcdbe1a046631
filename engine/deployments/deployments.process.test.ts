import { appendFile, cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type SampleWorkspace, sampleWorkspace } from '../bundles/testing/sample-workspace.ts'
import { createDeployments } from './create-deployments.ts'
import type { Deployments } from './deployments.ts'
import { portIsFree } from './free-port.ts'

let workspace: SampleWorkspace
let bundle: string
let deployments: Deployments

/** @param lingerSeconds how long a server that ends waits for requests on open connections */
const open = (lingerSeconds = 0) =>
  createDeployments({
    workspaceFolder: workspace.folder,
    changes: workspace.changes,
    processes: workspace.processes,
    environment: { SLIPWAY_LINGER_SECONDS: String(lingerSeconds) },
  })

async function occupy(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  return { server, port: typeof address === 'object' && address ? address.port : 0 }
}

async function freePort(): Promise<number> {
  const { server, port } = await occupy()
  await new Promise((resolve) => server.close(resolve))
  return port
}

beforeAll(async () => {
  workspace = await sampleWorkspace()
  const report = await workspace.bundles.package({ name: 'churn', version: 1 }, {}, () => {})
  bundle = report.path
  deployments = open()
})
afterEach(async () => {
  for (const { name } of await deployments.list()) await deployments.remove(name)
})
afterAll(() => workspace.remove())

describe('deployments', () => {
  it('answer at their endpoint when deploy is done, and describe how to ask', async () => {
    const deployed = await deployments.deploy({ bundle, name: 'live' })
    expect(deployed).toMatchObject({
      name: 'live',
      state: 'ACTIVE',
      model: { name: 'churn', version: 1 },
      bundle,
    })
    const { signature, examples } = await deployments.describe('live')
    expect(signature).toEqual(workspace.sample.signature)
    const answer = await deployments.request('live', examples)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ prediction: workspace.sample.predictions.slice(0, 20) })
    expect((await deployments.request('live', [{ tenure: 'x' }])).status).toBe(400)
    expect((await deployments.logs('live', 10)).join('\n')).toContain('limits:')
  })

  it('keep their endpoint and their state over deactivation and reactivation', async () => {
    const first = await deployments.deploy({ bundle, name: 'live', port: await freePort() })
    await deployments.request('live', workspace.sample.rows)
    const inactive = await deployments.deactivate('live')
    expect(inactive).toMatchObject({
      state: 'INACTIVE',
      endpoint: first.endpoint,
      pid: null,
      activeSince: null,
    })
    await expect(deployments.request('live', workspace.sample.rows)).rejects.toMatchObject({
      code: 'unreachable',
    })
    const again = await deployments.activate('live')
    expect(again).toMatchObject({ state: 'ACTIVE', endpoint: first.endpoint, created: first.created })
    const windows = await (await fetch(`${again.endpoint}/monitoring/windows`)).text()
    expect(JSON.parse(windows.split('\n')[0] ?? '')).toMatchObject({ cursor: 1, open: false, requests: 1 })
    expect((await deployments.activate('live')).pid).toBe(again.pid)
  })

  it('are adopted by the next engine, which can stop them', async () => {
    const { pid, endpoint } = await deployments.deploy({ bundle, name: 'live' })
    const next = open()
    expect(await next.list()).toMatchObject([{ name: 'live', state: 'ACTIVE', pid, endpoint }])
    await next.deactivate('live')
    await expect(fetch(`${endpoint}/ping`)).rejects.toThrow()
    expect(await deployments.list()).toMatchObject([{ state: 'INACTIVE' }])
  })

  it('go to one of two engines that deploy the same name at once; the other is told that it is taken', async () => {
    const results = await Promise.allSettled(
      [open(), open()].map((engine) => engine.deploy({ bundle, name: 'live' })),
    )
    const won = results.filter((result) => result.status === 'fulfilled')
    const lost = results.filter((result) => result.status === 'rejected')
    expect(lost).toMatchObject([{ reason: { code: 'already-exists' } }])
    expect(await deployments.list()).toMatchObject([
      { name: 'live', state: 'ACTIVE', pid: won[0]?.value.pid },
    ])
    expect((await deployments.request('live', workspace.sample.rows)).status).toBe(200)
  })

  it('run several processes behind one endpoint, with what each uses', async () => {
    await deployments.deploy({ bundle, name: 'live', replicas: 2 })
    expect((await deployments.request('live', workspace.sample.rows)).status).toBe(200)
    const states = async () =>
      (await deployments.resources('live')).processes.map(({ role, state }) => `${role} ${state}`)
    await expect.poll(states).toEqual(['primary running', 'worker running', 'worker running'])
    const { processes, samples } = await deployments.resources('live')
    expect(samples[0]?.memoryBytes).toBeGreaterThan(1e7)
    expect(await deployments.get('live')).toMatchObject({ replicas: 2, pid: processes[0]?.pid })
  })

  it('change how many processes answer while they do, without losing a request', async () => {
    const { pid, endpoint } = await open(0.5).deploy({ bundle, name: 'live' })
    const body = JSON.stringify({ data: workspace.sample.rows.slice(0, 1) })
    const answered: unknown[] = []
    let over = false
    const load = Array.from({ length: 4 }, async () => {
      while (!over) {
        const answer = await fetch(`${endpoint}/predict`, { method: 'POST', body }).catch(String)
        if (typeof answer !== 'string') await answer.arrayBuffer()
        answered.push(typeof answer === 'string' ? answer : answer.status)
      }
    })
    const more = async (count: number) => {
      const from = answered.length
      await expect.poll(() => answered.length - from, { timeout: 10_000 }).toBeGreaterThan(count)
    }
    const running = async () => (await deployments.resources('live')).processes.length - 1
    for (const replicas of [3, 1]) {
      expect(await deployments.scale('live', replicas)).toMatchObject({ replicas, pid, state: 'ACTIVE' })
      await more(100)
      expect(await running()).toBe(replicas)
    }
    over = true
    await Promise.all(load)
    expect(answered.filter((status) => status !== 200)).toEqual([])
    // Each was counted once, by workers that are gone and by those that answer.
    await expect
      .poll(
        async () => {
          const text = await (await fetch(`${endpoint}/monitoring/windows`)).text()
          const windows = text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
          return windows.reduce((sum, { requests = 0 }) => sum + requests, 0)
        },
        { timeout: 10_000 },
      )
      .toBe(answered.length)
    await deployments.deactivate('live')
    expect(await deployments.scale('live', 2)).toMatchObject({ replicas: 2, state: 'INACTIVE' })
    await deployments.activate('live')
    expect(await running()).toBe(2)
    await expect(deployments.scale('live', 65)).rejects.toMatchObject({
      message: expect.stringContaining('65'),
    })
  })

  it('swap what they serve at the same endpoint, also over a restart, and refuse what cannot serve', async () => {
    const next = join(workspace.folder, 'next')
    await cp(bundle, next, { recursive: true })
    const { endpoint } = await deployments.deploy({ bundle, name: 'live' })
    const beside = { bundle: next, model: { name: 'churn', version: 1 } }
    expect(await deployments.swap('live', { shadow: next })).toMatchObject({ bundle, shadow: beside })
    const canary = { bundle: next, fraction: 0.25 }
    expect(await deployments.swap('live', { shadow: null, canary })).toMatchObject({
      bundle,
      shadow: null,
      canary: { ...beside, fraction: 0.25 },
    })
    await deployments.deactivate('live')
    await deployments.activate('live')
    const roles = async () => (await fetch(`${endpoint}/admin/model`)).json()
    expect(await roles()).toMatchObject({
      active: { folder: bundle },
      canary: { folder: next, fraction: 0.25 },
    })
    const promoted = await deployments.swap('live', { bundle: next })
    expect(promoted).toMatchObject({ bundle: next, canary: null, endpoint, state: 'ACTIVE' })
    await expect(deployments.swap('live', { bundle: workspace.folder })).rejects.toMatchObject({
      code: 'integrity',
    })
    await deployments.deactivate('live')
    await expect(deployments.swap('live', { shadow: bundle })).rejects.toMatchObject({ code: 'conflict' })
    await deployments.activate('live')
    expect(await roles()).toMatchObject({ active: { folder: next }, shadow: null, canary: null })
  })

  it('keep what two engines change of one at once', async () => {
    const next = join(workspace.folder, 'beside')
    await cp(bundle, next, { recursive: true })
    // A worker that is replaced finishes the change that it was asked for.
    await open(5).deploy({ bundle, name: 'live' })
    await Promise.all([open().scale('live', 2), open().swap('live', { bundle: next })])
    expect(await deployments.get('live')).toMatchObject({ replicas: 2, bundle: next })
  })

  it('take free ports of their own, also beside an inactive one', async () => {
    const one = await deployments.deploy({ bundle, name: 'one' })
    await deployments.deactivate('one')
    const two = await deployments.deploy({ bundle, name: 'two' })
    expect(two.endpoint).not.toBe(one.endpoint)
    const port = Number(new URL(one.endpoint).port)
    await expect(deployments.deploy({ bundle, name: 'three', port })).rejects.toMatchObject({
      code: 'port-in-use',
    })
  })

  it('do not start on a port in use, and leave nothing behind', async () => {
    const { server, port } = await occupy()
    const promise = deployments.deploy({ bundle, name: 'live', port })
    await expect(promise).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(String(port)),
    })
    await new Promise((resolve) => server.close(resolve))
    expect(await deployments.list()).toEqual([])
    expect(await portIsFree(port)).toBe(true)
  })

  it('refuse ports that nothing could call', async () => {
    for (const port of [80, 6000]) {
      await expect(deployments.deploy({ bundle, name: 'live', port })).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining(`Port ${port}`),
      })
    }
    expect(await deployments.list()).toEqual([])
  })

  it('refuse a bundle with a changed byte, a taken name, a strange name and too many replicas', async () => {
    const copy = join(workspace.folder, 'changed')
    await cp(bundle, copy, { recursive: true })
    await appendFile(join(copy, 'card.md'), 'x')
    await expect(deployments.deploy({ bundle: copy, name: 'live' })).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('card.md'),
    })
    await deployments.deploy({ bundle, name: 'live' })
    await expect(deployments.deploy({ bundle, name: 'live' })).rejects.toMatchObject({
      code: 'already-exists',
    })
    await expect(deployments.deploy({ bundle, name: '../x' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    for (const name of ['Live', 'nul']) {
      await expect(deployments.deploy({ bundle, name })).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining(`"${name}"`),
      })
    }
    await expect(deployments.deploy({ bundle, name: 'two', replicas: 65 })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('65 replicas'),
    })
    await expect(deployments.get('none')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('live'),
    })
  })

  it('refuse a bundle that is not signed unless told otherwise, also one that lost its signature since', async () => {
    const copy = join(workspace.folder, 'stripped')
    await cp(bundle, copy, { recursive: true })
    const file = join(copy, 'manifest.json')
    const signed = await readFile(file, 'utf8')
    const { signature: _, ...rest } = JSON.parse(signed)
    const unsigned = `${JSON.stringify(rest, null, 2)}\n`
    const refused = { code: 'unsigned', message: expect.stringContaining('nobody vouches for its files') }

    await writeFile(file, unsigned)
    await expect(deployments.deploy({ bundle: copy, name: 'live' })).rejects.toMatchObject(refused)
    await writeFile(file, signed)
    await deployments.deploy({ bundle: copy, name: 'live' })
    await writeFile(file, unsigned)
    await expect(deployments.swap('live', { canary: { bundle: copy, fraction: 0.1 } })).rejects.toMatchObject(
      refused,
    )
    await deployments.deactivate('live')
    await expect(deployments.activate('live')).rejects.toMatchObject(refused)

    await deployments.deploy({ bundle: copy, name: 'trusted', allowUnsigned: true })
    await deployments.deactivate('trusted')
    expect(await deployments.activate('trusted')).toMatchObject({ state: 'ACTIVE' })
  })

  it('are forgotten with their state when removed; the bundle stays', async () => {
    const { endpoint } = await deployments.deploy({ bundle, name: 'live' })
    await deployments.remove('live')
    expect(await deployments.list()).toEqual([])
    expect(await readdir(join(workspace.folder, '.slipway', 'deployments'))).toEqual([])
    await expect(fetch(`${endpoint}/ping`)).rejects.toThrow()
    expect((await workspace.bundles.list()).map((info) => info.path)).toContain(bundle)
  })
})
