/** What must hold when processes of a deployment are killed. */
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Deployment } from '../../shared/contract/deployments.ts'
import type { LivenessPolicy } from '../../shared/liveness.ts'
import { type SampleWorkspace, sampleWorkspace } from '../bundles/testing/sample-workspace.ts'
import { createDeployments } from './create-deployments.ts'
import { logText } from './deployment-log.ts'
import type { Deployments } from './deployments.ts'
import { readKeeperState } from './keeper-file.ts'
import type { RestartPolicy } from './restart-policy.ts'
import { isAlive } from './server-process.ts'

let workspace: SampleWorkspace
let bundle: string
let deployments: Deployments

const open = (restart?: RestartPolicy, liveness?: LivenessPolicy) =>
  createDeployments({
    workspaceFolder: workspace.folder,
    changes: workspace.changes,
    processes: workspace.processes,
    environment: { SLIPWAY_LINGER_SECONDS: '0' },
    ...(restart === undefined ? {} : { restart }),
    ...(liveness === undefined ? {} : { liveness }),
  })
/** Other tests deploy at the usual ports at the same time, and may take one while its server is down. */
async function deploy(by: Deployments): Promise<Deployment> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return by.deploy({ bundle, name: 'live', port: typeof address === 'object' && address ? address.port : 0 })
}
const soon: RestartPolicy = { atMost: 2, firstDelayMs: 50, longestDelayMs: 50, steadyMs: 60_000 }

beforeAll(async () => {
  workspace = await sampleWorkspace()
  bundle = (await workspace.bundles.package({ name: 'churn', version: 1 }, {}, () => {})).path
  deployments = open(soon)
})
afterEach(async () => {
  for (const { name } of await deployments.list()) await deployments.remove(name)
})
afterAll(() => workspace.remove())

const keeperOf = async (name: string) => {
  const state = await readKeeperState(join(workspace.folder, '.slipway', 'deployments', name))
  return { pid: state?.keeper.pid ?? 0, phase: state?.phase }
}
const keeperPid = async (name: string): Promise<number> => (await keeperOf(name)).pid
/** Servers and their workers that run for a deployment, whoever started them. */
async function serversOf(name: string): Promise<number> {
  const state = join(workspace.folder, '.slipway', 'deployments', name, 'state')
  const all = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry))
  const lines = await Promise.all(
    all.map((pid) => readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '')),
  )
  return lines.filter((line) => line.includes(state)).length
}
const polled = { timeout: 10_000, interval: 25 }

/** Kills the server and waits for the next one. */
async function killAndWait(name: string): Promise<void> {
  const { pid, restarts } = await deployments.get(name)
  process.kill(pid ?? 0, 'SIGKILL')
  await expect
    .poll(() => deployments.get(name), polled)
    .toMatchObject({ state: 'ACTIVE', restarts: restarts + 1 })
}

describe('a server that is killed', () => {
  it('starts again at the same endpoint with its counts, and says how often and why', async () => {
    const slow = open({ ...soon, firstDelayMs: 1500, longestDelayMs: 1500 })
    const { pid, endpoint } = await deploy(slow)
    process.kill(pid ?? 0, 'SIGKILL')
    await expect
      .poll(() => slow.get('live'), polled)
      .toMatchObject({
        state: 'RESTARTING',
        problem: 'Its process ended: it was ended by SIGKILL.',
        restarts: 1,
        nextStart: expect.any(String),
      })
    await expect
      .poll(() => slow.get('live'), polled)
      .toMatchObject({ state: 'ACTIVE', endpoint, restarts: 1 })
    const again = await slow.get('live')
    expect(again.lastExit?.reason).toBe('it was ended by SIGKILL')
    expect(again.pid).not.toBe(pid)
    expect((await slow.request('live', workspace.sample.rows)).status).toBe(200)
    const log = (await slow.logs('live', 100)).map(logText).join('\n')
    expect(log).toContain('starting it again in 1.5 s (restart 1 of at most 2 in a row)')
  })

  it('is given up after so many restarts in a row, and can be activated by hand', async () => {
    await deploy(deployments)
    await killAndWait('live')
    await killAndWait('live')
    process.kill((await deployments.get('live')).pid ?? 0, 'SIGKILL')
    await expect.poll(async () => (await deployments.get('live')).state, polled).toBe('FAILED')
    expect((await deployments.get('live')).problem).toContain('given up after 2 restarts in a row')
    expect(await deployments.activate('live')).toMatchObject({ state: 'ACTIVE', restarts: 0, lastExit: null })
  })

  it('is not started again once it is deactivated while it waits', async () => {
    const slow = open({ ...soon, firstDelayMs: 60_000, longestDelayMs: 60_000 })
    const { pid } = await deploy(slow)
    process.kill(pid ?? 0, 'SIGKILL')
    await expect.poll(async () => (await slow.get('live')).state, polled).toBe('RESTARTING')
    expect(await slow.deactivate('live')).toMatchObject({ state: 'INACTIVE' })
    expect(await slow.activate('live')).toMatchObject({ state: 'ACTIVE', restarts: 0 })
  })
})

describe('a server that hangs', () => {
  const liveness: LivenessPolicy = { everyMs: 50, stuckMs: 200, silentMs: 60_000 }

  it('is ended and started again at the same endpoint', async () => {
    const watchful = open(soon, liveness)
    const { pid, endpoint } = await deploy(watchful)
    process.kill(pid ?? 0, 'SIGSTOP')
    await expect
      .poll(() => watchful.get('live'), { timeout: 20_000, interval: 50 })
      .toMatchObject({ state: 'ACTIVE', endpoint, restarts: 1 })
    const again = await watchful.get('live')
    expect(again.pid).not.toBe(pid)
    expect(again.lastExit?.reason).toMatch(/^it answered nothing for .* s and did nothing$/)
    expect(isAlive(pid ?? 0)).toBe(false)
    expect((await watchful.request('live', workspace.sample.rows)).status).toBe(200)
  })

  it('can be deactivated', async () => {
    const { pid } = await deploy(open(soon))
    process.kill(pid ?? 0, 'SIGSTOP')
    expect(await deployments.deactivate('live')).toMatchObject({ state: 'INACTIVE' })
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  it('is left alone while it works on a request that takes long', async () => {
    const watchful = open(soon, liveness)
    const { pid, endpoint } = await deploy(watchful)
    const rows = Array.from(
      { length: 10_000 },
      (_, i) => workspace.sample.rows[i % workspace.sample.rows.length],
    )
    const body = JSON.stringify({ data: rows })
    const work = async () => {
      const answer = await fetch(`${endpoint}/predict`, { method: 'POST', body })
      return answer.ok && (await answer.text()) !== ''
    }
    expect(await Promise.all(Array.from({ length: 30 }, work))).not.toContain(false)
    expect(await watchful.get('live')).toMatchObject({ pid, restarts: 0 })
  })
})

describe('a log that grows', () => {
  it('is rotated by the keeper, and followed over it', async () => {
    const log = { bytes: 2000, kept: 2 }
    const watched = createDeployments({
      workspaceFolder: workspace.folder,
      changes: workspace.changes,
      processes: workspace.processes,
      environment: { SLIPWAY_LINGER_SECONDS: '0', SLIPWAY_LOG_SAMPLE: '1' },
      log,
    })
    const { endpoint } = await deploy(watched)
    const ending = new AbortController()
    const paths: string[] = []
    const following = (async () => {
      for await (const lines of watched.followLogs('live', 1, ending.signal)) {
        paths.push(...lines.filter((line) => line.includes('"path":"/predict"')))
      }
    })()
    const files = async () =>
      (await readdir(join(workspace.folder, '.slipway', 'deployments', 'live'))).filter((file) =>
        file.startsWith('log.'),
      )
    const body = JSON.stringify({ data: workspace.sample.rows.slice(0, 1) })
    let sent = 0
    await expect
      .poll(async () => {
        await fetch(`${endpoint}/predict`, {
          method: 'POST',
          body,
          headers: { 'x-request-id': `r${sent++}` },
        })
        return (await files()).sort()
      }, polled)
      .toEqual(['log.1.ndjson', 'log.2.ndjson', 'log.ndjson'])
    await expect.poll(() => paths.length, polled).toBe(sent)
    expect(paths.map((line) => JSON.parse(line).requestId)).toEqual(
      Array.from({ length: sent }, (_, i) => `r${i}`),
    )
    ending.abort()
    await following
  })
})

describe('a server that was started by an engine that is gone', () => {
  it('is started again by its own keeper', async () => {
    await deploy(deployments)
    await killAndWait('live')
    expect(await open().list()).toMatchObject([{ name: 'live', state: 'ACTIVE', restarts: 1 }])
  })

  it('gets a new keeper when its own was killed as well, which starts it again and stops it', async () => {
    const { pid } = await deploy(deployments)
    const old = await keeperPid('live')
    process.kill(old, 'SIGKILL')
    expect((await deployments.get('live')).state).toBe('ACTIVE')
    await expect.poll(() => isAlive(old), polled).toBe(false)
    const next = open()
    await next.adopt()
    await expect.poll(() => keeperPid('live'), polled).not.toBe(old)
    await expect
      .poll(() => keeperOf('live'), polled)
      .toMatchObject({ phase: 'running', pid: expect.any(Number) })
    expect(await next.get('live')).toMatchObject({ state: 'ACTIVE', pid })
    await killAndWait('live')
    expect(await next.deactivate('live')).toMatchObject({ state: 'INACTIVE' })
    await expect(next.request('live', workspace.sample.rows)).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('stays down where both are gone, as after a restart of the computer: opening a workspace runs nothing', async () => {
    const { pid } = await deploy(deployments)
    const keeper = await keeperPid('live')
    process.kill(keeper, 'SIGKILL')
    process.kill(pid ?? 0, 'SIGKILL')
    const next = open()
    await expect.poll(async () => (await next.get('live')).state, polled).toBe('FAILED')
    await next.adopt()
    expect((await next.get('live')).problem).toContain('restart of the computer')
    expect(await next.activate('live')).toMatchObject({ state: 'ACTIVE', problem: '' })
  })
})

describe('a deployment that several engines change at once', () => {
  it('runs once for all who activate it', async () => {
    await deploy(deployments)
    const one = await serversOf('live')
    await deployments.deactivate('live')
    const all = await Promise.all([open(), open(), open()].map((engine) => engine.activate('live')))
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(['ACTIVE']))
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1)
    await expect.poll(() => serversOf('live'), polled).toBe(one)
  })

  it('is gone, with its server, where it is removed while another starts it', async () => {
    for (const delay of [0, 30, 100, 200]) {
      await deploy(deployments)
      await deployments.deactivate('live')
      const started = open()
        .activate('live')
        .then(
          ({ state }) => state,
          (error) => `${error.code}: ${error.message}`,
        )
      await new Promise((resolve) => setTimeout(resolve, delay))
      await open().remove('live')
      expect(await started).toMatch(/^conflict: |^ACTIVE$|^INACTIVE$/)
      expect(await deployments.list()).toEqual([])
      await expect.poll(() => serversOf('live'), polled).toBe(0)
    }
  })
})
