import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Deployment } from '../../../shared/contract/deployments.ts'
import { openDatabase } from '../../data/database.ts'
import { createMonitoring } from '../create-monitoring.ts'
import type { Monitoring } from '../monitoring.ts'
import { churnModel } from './churn-traffic.ts'
import { type CountingEndpoint, startCountingEndpoint } from './counting-endpoint.ts'

export const minute = 60_000
/** A whole minute, so that windows and buckets fall together. */
export const noon = Date.UTC(2026, 2, 2, 12)

/** The monitoring of a workspace with one deployment, "shop", whose endpoint says what a test puts in its mouth. */
export interface MonitoringFixture {
  readonly monitoring: Monitoring
  readonly endpoint: CountingEndpoint
  readonly deployment: Deployment
  /** The workspace's deployments; at first the one. */
  listed: Deployment[]
  /** What the clock says; at first noon. */
  time: number
  /** Areas of the window that were told of a change. */
  readonly emitted: string[]
  /** Bearer tokens by deployment. */
  readonly tokens: Record<string, string>
  rows(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

export async function openMonitoringFixture(): Promise<MonitoringFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-monitoring-'))
  const database = await openDatabase(join(folder, 'workspace.duckdb'), folder)
  const endpoint = await startCountingEndpoint(churnModel)
  const deployment: Deployment = {
    name: 'shop',
    state: 'ACTIVE',
    problem: '',
    endpoint: endpoint.url,
    model: { name: 'churn', version: 1 },
    bundle: join(folder, 'no-such-bundle'),
    replicas: 1,
    restarts: 0,
    lastExit: null,
    nextStart: null,
    shadow: null,
    canary: null,
    pid: 1,
    activeSince: null,
    created: '2026-03-02T11:00:00.000Z',
  }
  const emitted: string[] = []
  const tokens: Record<string, string> = {}
  const monitoring = await createMonitoring({
    database,
    deployments: { list: () => fixture.listed, token: (name) => tokens[name] ?? null },
    changes: { emit: (area) => emitted.push(area) },
    now: () => fixture.time,
  })
  const fixture: MonitoringFixture = {
    monitoring,
    endpoint,
    deployment,
    listed: [deployment],
    time: noon,
    emitted,
    tokens,
    async rows(sql) {
      const session = await database.session()
      try {
        return await session.rows(sql)
      } finally {
        session.close()
      }
    },
    async close() {
      await monitoring.stop()
      await endpoint.close()
      database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return fixture
}
