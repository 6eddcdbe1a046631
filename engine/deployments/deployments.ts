import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Deployment } from '../../shared/contract/deployments.ts'
import { describeFailure, Failure } from '../../shared/failure.ts'
import { modelNamePattern } from '../../shared/notebook/train-spec.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import {
  assertBundleWhole,
  readBundleExamples,
  readBundleManifest,
  readBundleSignature,
} from '../bundles/read-bundle.ts'
import type { Changes } from '../changes.ts'
import {
  endpointOf,
  instanceAt,
  isAlive,
  lastLines,
  logFile,
  logText,
  startProcess,
  startSeconds,
  stopProcess,
} from './deployment-process.ts'
import { createDeploymentStore, type DeploymentRecord } from './deployment-store.ts'
import { assertPortFree, findFreePort } from './free-port.ts'
import type { ProcessPort } from './process-port.ts'

export interface DeployOptions {
  bundle: string
  name: string
  port?: number | undefined
  replicas?: number | undefined
}

/** Bundles that run, or could, each at an endpoint that stays the same. Their processes outlive the engine. */
export interface Deployments {
  list(): Promise<Deployment[]>
  /** @throws Failure `not-found` naming what there is */
  get(name: string): Promise<Deployment>
  describe(name: string): Promise<{
    deployment: Deployment
    signature: Signature
    examples: Record<string, string | number | boolean | null>[]
  }>
  /** Answers when the endpoint is ready. @throws Failure `already-exists`, `integrity`, `port-in-use`, `failed` */
  deploy(options: DeployOptions): Promise<Deployment>
  activate(name: string): Promise<Deployment>
  deactivate(name: string): Promise<Deployment>
  /** Stops it and forgets the endpoint with its state; the bundle stays. */
  remove(name: string): Promise<void>
  logs(name: string, lines: number): Promise<string[]>
  request(
    name: string,
    rows: readonly Readonly<Record<string, unknown>>[],
  ): Promise<{ status: number; ms: number; body: unknown }>
}

export interface DeploymentsParts {
  workspaceFolder: string
  changes: Changes
  processes: ProcessPort
  /** Settings every deployment starts with, such as `SLIPWAY_WINDOW_SECONDS`. */
  environment?: Readonly<Record<string, string>>
  now?: () => Date
  fetching?: typeof fetch
}

const examplesShown = 20

export function createDeployments(parts: DeploymentsParts): Deployments {
  const { workspaceFolder, changes, processes, environment = {} } = parts
  const { now = () => new Date(), fetching = fetch } = parts
  const store = createDeploymentStore(join(workspaceFolder, '.slipway', 'deployments'))
  /** What is being done to a deployment right now. */
  const transitions = new Map<string, 'CREATING' | 'UPDATING'>()
  const turns = new Map<string, Promise<unknown>>()

  /** Operations on one deployment run one after another. */
  function inTurn<T>(name: string, action: () => Promise<T>): Promise<T> {
    const mine = (turns.get(name) ?? Promise.resolve()).then(action, action)
    turns.set(name, mine)
    const done = () => {
      if (turns.get(name) === mine) turns.delete(name)
    }
    mine.then(done, done)
    return mine
  }

  async function during<T>(
    name: string,
    state: 'CREATING' | 'UPDATING',
    action: () => Promise<T>,
  ): Promise<T> {
    transitions.set(name, state)
    changes.emit('deployments')
    try {
      return await action()
    } finally {
      transitions.delete(name)
      changes.emit('deployments')
    }
  }

  async function known(name: string): Promise<DeploymentRecord> {
    const record = await store.read(name)
    if (record) return record
    const names = (await store.all()).map((other) => other.name)
    throw new Failure(
      'not-found',
      `There is no deployment "${name}"; there ${names.length === 0 ? 'are none' : `is ${names.join(', ')}`}.`,
      'Choose one that is there, or deploy a bundle under this name.',
    )
  }

  /** Adoption is in here: an active record is believed only when its endpoint names the recorded instance. */
  async function asDeployment(record: DeploymentRecord): Promise<Deployment> {
    const { name, model, bundle, created } = record
    const endpoint = endpointOf(record.port)
    const about = { name, endpoint, model, bundle, created }
    const stopped = { pid: null, activeSince: null }
    const transition = transitions.get(name)
    if (transition) return { ...about, ...stopped, state: transition, problem: '' }
    if (!record.active) {
      return {
        ...about,
        ...stopped,
        state: record.problem === '' ? 'INACTIVE' : 'FAILED',
        problem: record.problem,
      }
    }
    const running = record.process
    if (running && (await instanceAt(record.port, fetching)) === running.instance) {
      return { ...about, state: 'ACTIVE', problem: '', pid: running.pid, activeSince: running.since }
    }
    const age = running === null ? Number.POSITIVE_INFINITY : now().getTime() - Date.parse(running.since)
    if (running && age < startSeconds * 1000 && isAlive(running.pid)) {
      // Another engine is starting it, or did until it ended.
      return { ...about, ...stopped, state: 'CREATING', problem: '' }
    }
    const [line = ''] = await lastLines(logFile(store.folder(name)), 1)
    return {
      ...about,
      ...stopped,
      state: 'FAILED',
      problem:
        `Its process${running ? ` ${running.pid}` : ''} is not running any more. ${line === '' ? '' : `Its log ends with: ${logText(line)}`}`.trim(),
    }
  }

  /** Starts the process and records it; a failure is recorded as well. */
  async function start(record: DeploymentRecord): Promise<DeploymentRecord> {
    const folder = store.folder(record.name)
    try {
      await assertBundleWhole(record.bundle, await readBundleManifest(record.bundle))
      await assertPortFree(record.port)
      const started = await startProcess(record, folder, processes, environment, (process) =>
        store.write({ ...record, process, active: true, problem: '' }),
      )
      const active: DeploymentRecord = { ...record, process: started, active: true, problem: '' }
      await store.write(active)
      return active
    } catch (error) {
      await store.write({ ...record, process: null, active: false, problem: describeFailure(error) })
      throw error
    }
  }

  async function deploy({ bundle, name, port, replicas = 1 }: DeployOptions): Promise<Deployment> {
    if (!modelNamePattern.test(name)) {
      throw new Failure(
        'invalid-input',
        `"${name}" cannot name a deployment: a letter is expected, then letters, digits, _ or -.`,
        'Choose such a name.',
      )
    }
    if (replicas !== 1) {
      throw new Failure(
        'invalid-input',
        `${replicas} replicas were asked for; a deployment runs one process for now.`,
        'Deploy with one replica.',
      )
    }
    if (await store.read(name)) {
      throw new Failure(
        'already-exists',
        `There is a deployment "${name}" already.`,
        'Choose another name, or remove that deployment.',
      )
    }
    const folder = resolve(bundle)
    const manifest = await readBundleManifest(folder)
    await assertBundleWhole(folder, manifest)
    const taken = new Map((await store.all()).map((other) => [other.port, other.name]))
    const holder = port === undefined ? undefined : taken.get(port)
    if (holder !== undefined) {
      throw new Failure(
        'port-in-use',
        `Port ${port} belongs to the deployment "${holder}".`,
        'Choose another port, or remove that deployment.',
      )
    }
    const chosen = port ?? (await findFreePort(new Set(taken.keys())))
    await assertPortFree(chosen)
    const record: DeploymentRecord = {
      format: 1,
      name,
      bundle: folder,
      model: { name: manifest.name, version: manifest.version },
      port: chosen,
      created: now().toISOString(),
      process: null,
      active: false,
      problem: '',
    }
    await mkdir(store.folder(name), { recursive: true })
    await store.write(record)
    try {
      return await during(name, 'CREATING', () => start(record)).then(asDeployment)
    } catch (error) {
      // A deployment that never was ready leaves nothing behind but the failure's words.
      await rm(store.folder(name), { recursive: true, force: true })
      changes.emit('deployments')
      throw error
    }
  }

  async function deactivate(name: string): Promise<DeploymentRecord> {
    const record = await known(name)
    await stopProcess(record)
    const inactive: DeploymentRecord = { ...record, process: null, active: false, problem: '' }
    await store.write(inactive)
    return inactive
  }

  return {
    list: async () => Promise.all((await store.all()).map(asDeployment)),
    get: async (name) => asDeployment(await known(name)),
    async describe(name) {
      const record = await known(name)
      const [deployment, signature, examples] = await Promise.all([
        asDeployment(record),
        readBundleSignature(record.bundle),
        readBundleExamples(record.bundle),
      ])
      return { deployment, signature, examples: examples.rows.slice(0, examplesShown) }
    },
    deploy: (options) => inTurn(options.name, () => deploy(options)),
    activate: (name) =>
      inTurn(name, async () => {
        const record = await known(name)
        const current = await asDeployment(record)
        if (current.state === 'ACTIVE') return current
        return asDeployment(await during(name, 'UPDATING', () => start(record)))
      }),
    deactivate: (name) =>
      inTurn(name, async () => {
        await known(name)
        return asDeployment(await during(name, 'UPDATING', () => deactivate(name)))
      }),
    remove: (name) =>
      inTurn(name, async () => {
        await known(name)
        await during(name, 'UPDATING', async () => {
          await deactivate(name)
          await rm(store.folder(name), { recursive: true, force: true })
        })
      }),
    async logs(name, lines) {
      await known(name)
      return lastLines(logFile(store.folder(name)), lines)
    },
    async request(name, rows) {
      const record = await known(name)
      const sent = performance.now()
      let response: Response
      let text: string
      try {
        response = await fetching(`${endpointOf(record.port)}/predict`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ data: rows }),
          signal: AbortSignal.timeout(60_000),
        })
        text = await response.text()
      } catch {
        throw new Failure(
          'unreachable',
          `The deployment "${name}" does not answer at ${endpointOf(record.port)}.`,
          record.active ? 'Look at its log, then activate it again.' : 'Activate it first.',
        )
      }
      const ms = performance.now() - sent
      let body: unknown = text
      try {
        body = JSON.parse(text)
      } catch {
        // What answers there is not JSON; it is shown as it came.
      }
      return { status: response.status, ms, body }
    },
  }
}
