import type { FleetRow, MonitoringState } from '../../shared/contract/monitoring.ts'
import { latencyPercentile } from '../../shared/drift/latency.ts'
import type { MonitoredModel } from '../../shared/drift/log-entry.ts'
import { mergeCounted, mergeTraffic, stepFor } from '../../shared/drift/merge-windows.ts'
import { describeFailure, Failure } from '../../shared/failure.ts'
import type { Changes } from '../changes.ts'
import type { Database } from '../data/database.ts'
import { withToken } from '../with-token.ts'
import { describeDrifts, describePoints, errorsOf, worstOf } from './describe-state.ts'
import { describeVersions } from './describe-versions.ts'
import { openEndpoint } from './endpoint.ts'
import { findModel } from './monitored-model.ts'
import type { DeploymentList, Monitoring } from './monitoring.ts'
import { createPoller, type PollerOptions } from './poller.ts'
import { type PullSource, pull } from './pull.ts'
import { mainRealised, realisedPerformance } from './realised.ts'
import { openMonitoringStore, type Period } from './store.ts'

export interface MonitoringParts {
  database: Database
  deployments: DeploymentList
  changes: Pick<Changes, 'emit'>
  fetch?: typeof fetch
  now?: () => number
  every?: PollerOptions['every']
}

const minute = 60_000
/** A pull younger than this is taken as current. */
const freshMs = 1000
/** The fleet's realised performance is that of so many days: outcomes come later than predictions. */
const outcomeDays = 7

type Model = { name: string; version: number }

/** A deployment as monitoring sees it; one that was only ever named on the command line has no record of ours. */
interface Watched extends PullSource {
  model: Model | null
  active: boolean
}

export async function createMonitoring(parts: MonitoringParts): Promise<Monitoring> {
  const { database, deployments, changes, fetch: fetching = fetch, now = Date.now } = parts
  const store = await openMonitoringStore(database)
  const problems = new Map<string, string>()
  const attempts = new Map<string, number>()
  const underWay = new Map<string, Promise<number>>()
  const realised = new Map<string, { basis: string; found: FleetRow['realised'] }>()

  async function listed(): Promise<Watched[]> {
    const all = await deployments.list()
    return Promise.all(
      all.map(async ({ name, endpoint, bundle, model, state }) => ({
        deployment: name,
        endpoint: openEndpoint(endpoint, withToken(fetching, await deployments.token(name))),
        bundle,
        model,
        active: state === 'ACTIVE' || state === 'UPDATING',
      })),
    )
  }

  async function find(name: string): Promise<Watched> {
    const ours = await listed()
    const found = ours.find((source) => source.deployment === name)
    if (found) return found
    const stored = (await store.known()).find((source) => source.deployment === name)
    if (stored) {
      const endpoint = openEndpoint(stored.endpoint, fetching)
      const model = await store.newestModel(name)
      return { deployment: name, endpoint, bundle: null, model, active: false }
    }
    throw new Failure(
      'not-found',
      `There is no deployment "${name}"; there ${ours.length === 0 ? 'are none yet' : `are ${ours.map((source) => source.deployment).join(', ')}`}.`,
      'Deploy a bundle under that name, or choose one that is there.',
    )
  }

  /** One pull at a time per deployment; calls that meet share it. */
  function pullNow(source: PullSource): Promise<number> {
    const running = underWay.get(source.deployment)
    if (running) return running
    attempts.set(source.deployment, now())
    const mine = pull(store, source, now)
      .then((lines) => {
        problems.delete(source.deployment)
        return lines
      })
      .catch((error: unknown) => {
        problems.set(source.deployment, describeFailure(error))
        throw error
      })
      .finally(() => underWay.delete(source.deployment))
    underWay.set(source.deployment, mine)
    return mine
  }

  /** Pulls from every active deployment; what goes wrong stays with the one it concerns. */
  async function pullAll(): Promise<void> {
    const sources = await listed().catch(() => [])
    const results = await Promise.all(
      sources
        .filter((source) => source.active)
        .map(async (source) => {
          const before = problems.get(source.deployment)
          const lines = await pullNow(source).catch(() => 0)
          return lines > 0 || problems.get(source.deployment) !== before
        }),
    )
    if (results.includes(true)) changes.emit('monitoring')
  }

  const poller = createPoller({ pullAll, now, ...(parts.every ? { every: parts.every } : {}) })

  /** The stored baseline, else the bundle's: a deployment that has not been pulled yet has its baseline all the same. */
  async function modelOf(source: Watched): Promise<MonitoredModel | null> {
    const stored = await store.model(source.deployment, source.model ?? undefined)
    if (stored || source.bundle === null) return stored
    try {
      const found = await findModel(source.endpoint, source.bundle)
      await store.putModel(source.deployment, found)
      return found
    } catch {
      return null
    }
  }

  async function stateOf(source: Watched, minutes: number): Promise<MonitoringState> {
    const to = now() + minute
    const period: Period = { deployment: source.deployment, from: now() - minutes * minute, to }
    const monitored = await modelOf(source)
    const step = stepFor(minutes * minute, await store.longestWindow(period))
    const traffic = await store.traffic(period, step)
    const counted = monitored
      ? await store.counted(period, step, monitored.model, monitored.baseline.layoutHash)
      : []
    const total = mergeTraffic(traffic.map((bucket) => bucket.value))
    const { pulled } = await store.pullState(source.deployment)
    const model = monitored?.model ?? source.model
    if (!model) {
      throw new Failure(
        'not-found',
        `Nothing is known yet about ${source.deployment}. ${problems.get(source.deployment) ?? ''}`.trim(),
        'Pull from it once while it is active.',
      )
    }
    return {
      deployment: source.deployment,
      model,
      pulled: pulled === null ? null : new Date(pulled).toISOString(),
      problem: problems.get(source.deployment) ?? '',
      points: describePoints(traffic, counted, monitored?.baseline ?? null),
      versions: await describeVersions(store, period),
      drift: monitored
        ? describeDrifts(monitored.baseline, mergeCounted(counted.map((bucket) => bucket.value)))
        : [],
      totals: {
        requests: total?.requests ?? 0,
        rows: total?.rows ?? 0,
        errors: errorsOf(total?.statuses ?? {}),
        p99: total ? latencyPercentile(total.latency, 0.99) : null,
        feedback: await store.feedbackCount(period),
      },
      realised: monitored
        ? realisedPerformance(monitored.signature, await store.labelled(period, monitored.model))
        : { n: 0, metrics: {} },
    }
  }

  /**
   * The fleet is looked at every two seconds, outcomes arrive once in a while and in any number: they are joined anew
   * only when there are others, anywhere, since a replica may take the outcomes of another one's predictions.
   */
  async function realisedOf(deployment: string, monitored: MonitoredModel): Promise<FleetRow['realised']> {
    const hour = Math.floor(now() / (60 * minute))
    const basis = [monitored.model.name, monitored.model.version, await store.allFeedback(), hour].join(' ')
    const known = realised.get(deployment)
    if (known?.basis === basis) return known.found
    const week: Period = { deployment, from: now() - outcomeDays * 24 * 60 * minute, to: now() + minute }
    const found = mainRealised(monitored.signature, await store.labelled(week, monitored.model))
    realised.set(deployment, { basis, found })
    return found
  }

  async function fleetRow(source: Watched): Promise<FleetRow> {
    const thisMinute = Math.floor(now() / minute)
    const first = thisMinute - 19
    const lately: Period = { deployment: source.deployment, from: first * minute, to: now() + minute }
    const traffic = await store.traffic(lately, minute)
    const sparkline = Array<number>(20).fill(0)
    for (const { slot, value } of traffic) {
      if (slot >= first && slot <= thisMinute) sparkline[slot - first] = value.requests
    }
    const lastFive = sparkline.slice(-5).reduce((sum, requests) => sum + requests, 0)
    const total = mergeTraffic(traffic.map((bucket) => bucket.value))
    const monitored = await modelOf(source)
    const hour: Period = { ...lately, from: now() - 60 * minute }
    const counted = monitored
      ? await store.counted(hour, 60 * minute, monitored.model, monitored.baseline.layoutHash)
      : []
    return {
      deployment: source.deployment,
      requestsPerMinute: lastFive / ((now() - (thisMinute - 4) * minute) / minute),
      sparkline,
      errorRate: total && total.requests > 0 ? errorsOf(total.statuses) / total.requests : 0,
      p99: total ? latencyPercentile(total.latency, 0.99) : null,
      worstDrift: monitored
        ? worstOf(describeDrifts(monitored.baseline, mergeCounted(counted.map((bucket) => bucket.value))))
        : null,
      realised: monitored ? await realisedOf(source.deployment, monitored) : null,
    }
  }

  return {
    async state(name, minutes) {
      poller.watched()
      const source = await find(name)
      if (source.active && now() - (attempts.get(name) ?? Number.NEGATIVE_INFINITY) > freshMs) {
        // Its reason is in `problem`; what is stored is shown all the same.
        await pullNow(source).catch(() => 0)
      } else {
        await underWay.get(name)?.catch(() => 0)
      }
      return await stateOf(source, minutes)
    },
    async fleet() {
      poller.watched()
      const rows: FleetRow[] = []
      for (const source of await listed()) rows.push(await fleetRow(source))
      return rows
    },
    async pull(name) {
      await pullNow(await find(name))
    },
    async pullEndpoint(address, token) {
      const sources = await listed()
      const named = sources.find((source) => source.deployment === address)
      const given = token === undefined ? fetching : withToken(fetching, token)
      const endpoint = named?.endpoint ?? openEndpoint(address, given)
      const ours = named ?? sources.find((source) => source.endpoint.url === endpoint.url)
      const name = ours?.deployment ?? new URL(endpoint.url).host
      const known = ours !== undefined || (await store.known()).some((source) => source.deployment === name)
      const source: PullSource = ours
        ? { ...ours, ...(token === undefined ? {} : { endpoint: openEndpoint(ours.endpoint.url, given) }) }
        : { deployment: name, endpoint, bundle: null }
      await pullNow(source).catch((error: unknown) => {
        if (!known) throw error
      })
      const model = ours?.model ?? (await store.newestModel(name))
      return await stateOf({ ...source, model, active: true }, 24 * 60)
    },
    start: () => poller.start(),
    async stop() {
      await poller.stop()
      await Promise.allSettled(underWay.values())
      store.close()
    },
  }
}
