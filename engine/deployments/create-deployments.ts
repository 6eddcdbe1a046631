import { join, resolve } from 'node:path'
import { assertServerSettings } from '../../shared/bundle/check-deployment-settings.ts'
import type { Deployment, VersionChange } from '../../shared/contract/deployments.ts'
import { Failure } from '../../shared/failure.ts'
import { type LivenessPolicy, usualLiveness } from '../../shared/liveness.ts'
import {
  readBundleExamples,
  readBundleManifest,
  readBundleSignature,
  readTrustedManifest,
} from '../bundles/read-bundle.ts'
import type { Changes } from '../changes.ts'
import { withToken } from '../with-token.ts'
import {
  assertDeploymentName,
  assertNewName,
  assertReplicas,
  refuseHeld,
  refuseRunning,
  refuseSilent,
  refuseTaken,
} from './check-options.ts'
import { followLines } from './deployment-log.ts'
import { changeSettings, readTokens, settingsInForce } from './deployment-settings.ts'
import { describeDeployment } from './deployment-state.ts'
import { createDeploymentStore, type DeploymentRecord } from './deployment-store.ts'
import type { Deployments, DeployOptions } from './deployments.ts'
import { assertPortFree, findFreePort, firstPortOf, portIsFree } from './free-port.ts'
import { isKept, keeperStart, readKeeperState } from './keeper-file.ts'
import { lastLines } from './last-lines.ts'
import { logFile } from './log-file.ts'
import type { ProcessPort } from './process-port.ts'
import { wholeChange, withRoles } from './record-change.ts'
import { createResourceHistory, type ResourceHistory } from './resource-history.ts'
import { type RestartPolicy, usualRestarts } from './restart-policy.ts'
import { type LogLimit, usualLogLimit } from './rotate-log.ts'
import { sendRequest } from './send-request.ts'
import { changeServed, changeWorkers, servingProcesses } from './server-admin.ts'
import { instanceAt, stopServer } from './server-process.ts'
import { startKeeper, untilReady, untilStopped } from './start-keeper.ts'
import { createTransitions } from './transitions.ts'
import { createTurns } from './turns.ts'
import { watchDeployments } from './watch-deployments.ts'

export interface DeploymentsParts {
  workspaceFolder: string
  changes: Changes
  processes: ProcessPort
  /** The rest of every server's environment; what a deployment is told itself stands in its record. */
  environment?: Readonly<Record<string, string>>
  /** When servers that end by themselves are started again; for deployments from now on. */
  restart?: RestartPolicy
  /** When servers that do not answer are ended and started again; likewise. */
  liveness?: LivenessPolicy
  log?: LogLimit
  now?: () => Date
  fetching?: typeof fetch
}

const examplesShown = 20

export function createDeployments(parts: DeploymentsParts): Deployments {
  const { workspaceFolder, changes, processes, environment = {}, restart = usualRestarts } = parts
  const { liveness = usualLiveness, log = usualLogLimit, now = () => new Date(), fetching = fetch } = parts
  const home = join(workspaceFolder, '.slipway', 'deployments')
  const store = createDeploymentStore(home)
  const transitions = createTransitions(() => changes.emit('deployments'))
  const { during } = transitions
  const inTurn = createTurns()
  const histories = new Map<string, ResourceHistory>()

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

  /** A server is believed to run only when its endpoint names the instance that its keeper started. */
  async function look(record: DeploymentRecord) {
    const folder = store.folder(record.name)
    const keeper = await readKeeperState(folder)
    const kept = await isKept(folder, keeper)
    const instance = keeper?.server?.instance
    const answers = instance !== undefined && (await instanceAt(record.port)) === instance
    return { record, keeper, kept, answers }
  }

  const asDeployment = async (record: DeploymentRecord): Promise<Deployment> =>
    describeDeployment({ ...(await look(record)), transition: transitions.of(record.name) })

  const token = async (name: string) => (await readTokens(store.folder(name))).usual
  const asAdmin = async (name: string) => withToken(fetching, (await readTokens(store.folder(name))).admin)

  const keeperParts = (name: string) => ({ home, folder: store.folder(name), name, processes, environment })

  /** Starts a keeper for a record and waits for its server. @throws Failure with why it did not start */
  async function start(record: DeploymentRecord): Promise<DeploymentRecord> {
    const { name, version } = await readTrustedManifest(record.bundle, record.allowUnsigned)
    await assertPortFree(record.port)
    // The folder may hold another version than when it was deployed.
    const { port, settings } = record
    const started = { port, settings, model: { name, version }, active: true }
    const active = await store.change(record.name, (now) => ({ ...now, ...started }))
    await untilReady(keeperParts(record.name), await startKeeper(keeperParts(record.name), keeperStart('')))
    return active
  }

  /** Its keeper stops the server; where there is none any more, we do. */
  async function stop(record: DeploymentRecord): Promise<DeploymentRecord> {
    const folder = store.folder(record.name)
    const inactive = await store.change(record.name, (now) => ({ ...now, active: false }))
    await untilStopped(folder)
    const server = (await readKeeperState(folder))?.server
    if (server) await stopServer(record.port, server)
    histories.delete(record.name)
    return inactive
  }

  async function deploy(options: DeployOptions): Promise<Deployment> {
    const { bundle, name, port, replicas = 1, settings = {}, allowUnsigned } = options
    assertDeploymentName(name)
    assertReplicas(replicas)
    assertServerSettings(settings)
    if (await store.read(name)) refuseTaken(name)
    assertNewName(name, await store.names())
    const folder = resolve(bundle)
    const manifest = await readTrustedManifest(folder, allowUnsigned)
    const taken = new Map((await store.all()).map((other) => [other.port, other.name]))
    const holder = port === undefined ? undefined : taken.get(port)
    if (port !== undefined && holder !== undefined) refuseHeld(port, holder)
    const avoided = new Set(taken.keys())
    const freePort = () => findFreePort(firstPortOf(workspaceFolder), avoided)
    const chosen = port ?? (await freePort())
    const claimed = await store.claim(name, async (place) => ({
      format: 1,
      name,
      bundle: folder,
      model: { name: manifest.name, version: manifest.version },
      port: chosen,
      replicas,
      shadow: null,
      canary: null,
      created: now().toISOString(),
      active: false,
      ...(allowUnsigned ? { allowUnsigned } : {}),
      restart,
      liveness,
      log,
      settings: await changeSettings(place, {}, settings),
    }))
    if (claimed === null) refuseTaken(name)
    try {
      return await during(name, 'CREATING', async () => {
        for (let record = claimed; ; record = { ...record, port: await freePort() }) {
          try {
            return await start(record)
          } catch (error) {
            // Another program took the port before our server did: the next one may be luckier.
            const given = port !== undefined || avoided.size > taken.size + 5
            if (given || (await portIsFree(record.port))) throw error
            avoided.add(record.port)
          }
        }
      }).then(asDeployment)
    } catch (error) {
      // A deployment that never was ready leaves nothing behind but the failure's words.
      await store.remove(name)
      changes.emit('deployments')
      throw error
    }
  }

  async function swap(name: string, asked: VersionChange, allowUnsigned = false): Promise<Deployment> {
    const record = await known(name)
    const trusted = allowUnsigned ? { allowUnsigned } : {}
    const { answers } = await look(record)
    const change = await wholeChange(asked, allowUnsigned)
    if (answers) {
      const roles = await during(name, 'UPDATING', async () =>
        changeServed(record.port, change, await asAdmin(name)),
      )
      await store.change(name, (now) => withRoles({ ...now, ...trusted }, roles))
    } else if (record.active || change.shadow || change.canary || change.bundle === undefined) {
      refuseSilent(name, 'what it serves')
    } else {
      const { name: model, version } = await readBundleManifest(change.bundle)
      const swapped = { ...trusted, bundle: change.bundle, model: { name: model, version } }
      await store.change(name, (now) => ({ ...now, ...swapped }))
    }
    changes.emit('deployments')
    return asDeployment(await known(name))
  }

  async function scale(name: string, replicas: number): Promise<Deployment> {
    assertReplicas(replicas)
    const record = await known(name)
    const { answers } = await look(record)
    if (answers)
      await during(name, 'UPDATING', async () => changeWorkers(record.port, replicas, await asAdmin(name)))
    else if (record.active) refuseSilent(name, 'how many replicas it has')
    await store.change(name, (now) => ({ ...now, replicas }))
    changes.emit('deployments')
    return asDeployment(await known(name))
  }

  async function adopt(): Promise<void> {
    for (const record of await store.all()) {
      await inTurn(record.name, async () => {
        const { keeper, kept, answers } = await look(record)
        if (!record.active || kept || !answers || keeper === null) return
        await startKeeper(keeperParts(record.name), { ...keeper, phase: 'starting' })
      })
    }
  }

  const list = async () => Promise.all((await store.all()).map(asDeployment))

  return {
    list,
    get: async (name) => asDeployment(await known(name)),
    async describe(name) {
      const record = await known(name)
      const [deployment, settings, signature, examples] = await Promise.all([
        asDeployment(record),
        settingsInForce(store.folder(name), record.settings),
        readBundleSignature(record.bundle),
        readBundleExamples(record.bundle),
      ])
      return { deployment, settings, signature, examples: examples.rows.slice(0, examplesShown) }
    },
    deploy: (options) => inTurn(options.name, () => deploy(options)),
    activate: (name, settings = {}) =>
      inTurn(name, async () => {
        const before = await known(name)
        const found = await look(before)
        const runs = before.active && found.answers
        if (runs && Object.keys(settings).length > 0) refuseRunning(name)
        if (runs) return asDeployment(before)
        const own = await changeSettings(store.folder(name), before.settings, settings)
        return asDeployment(
          await during(name, 'UPDATING', async () => {
            // One that waits for its next try is not waited for.
            if (found.kept) await stop(before)
            return start({ ...(await known(name)), settings: own })
          }),
        )
      }),
    deactivate: (name) =>
      inTurn(name, async () => {
        const record = await known(name)
        return asDeployment(await during(name, 'UPDATING', () => stop(record)))
      }),
    swap: (name, change, options) => inTurn(name, () => swap(name, change, options?.allowUnsigned)),
    scale: (name, replicas) => inTurn(name, () => scale(name, replicas)),
    remove: (name) =>
      inTurn(name, async () => {
        const record = await known(name)
        await during(name, 'UPDATING', async () => {
          await stop(record)
          await store.remove(name)
        })
      }),
    adopt,
    watch: () => watchDeployments({ adopt, list, onChange: () => changes.emit('deployments') }),
    token,
    async logs(name, lines) {
      await known(name)
      return lastLines(logFile(store.folder(name)), lines)
    },
    async *followLogs(name, lines, signal) {
      await known(name)
      yield* followLines(logFile(store.folder(name)), lines, signal)
    },
    async resources(name) {
      const record = await known(name)
      if (!record.active) return { processes: [], samples: [] }
      const all = await servingProcesses(record.port, await asAdmin(name))
      const history = histories.get(name) ?? createResourceHistory()
      histories.set(name, history)
      history.add(all, now().getTime())
      return { processes: all, samples: history.samples }
    },
    request: async (name, rows) =>
      sendRequest(await known(name), rows, withToken(fetching, await token(name))),
  }
}
