import { afterEach, beforeEach, expect, test } from 'vitest'
import { fleetRowSchema, monitoringStateSchema } from '../../shared/contract/monitoring.ts'
import { churnModel, churnWindow } from './testing/churn-traffic.ts'
import { type MonitoringFixture, minute, noon, openMonitoringFixture } from './testing/monitoring-fixture.ts'

let on: MonitoringFixture
beforeEach(async () => {
  on = await openMonitoringFixture()
})
afterEach(() => on.close())

test('the state shows what was pulled: traffic, latency, drift against the baseline', async () => {
  on.endpoint.windows = [
    churnWindow({ cursor: 1, start: noon - 3 * minute, rows: 400 }),
    churnWindow({ cursor: 2, start: noon - 2 * minute, rows: 400, drifted: true }),
  ]
  const state = monitoringStateSchema.parse(await on.monitoring.state('shop', 10))
  expect(state).toMatchObject({ deployment: 'shop', problem: '', pulled: '2026-03-02T12:00:00.000Z' })
  expect(state.totals).toEqual({ requests: 800, rows: 800, errors: 8, p99: expect.any(Number), feedback: 0 })
  expect(state.points).toHaveLength(2)
  expect(state.points[0]).toMatchObject({
    start: noon - 3 * minute,
    requests: 400,
    statuses: { '200': 396, '422': 4 },
    bytesIn: 80_000,
    cpu: 0.1,
    memoryBytes: 50_000_000,
  })
  expect(state.points[0]!.p50).toBeCloseTo(0.00075, 9)
  expect(state.points[0]!.psi).toHaveLength(3)
  expect(state.points[0]!.psi[0]).toBeLessThan(0.01)
  expect(state.points[1]!.psi[0]).toBeGreaterThan(1)
  expect(state.drift.map((drift) => [drift.column, drift.role, drift.verdict])).toEqual([
    ['tenure', 'feature', 'alarm'],
    ['contract', 'feature', 'warning'],
    ['prediction', 'output', 'alarm'],
  ])
})

test('rows like the training data are stable', async () => {
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 2000 })]
  const { drift } = await on.monitoring.state('shop', 10)
  expect(drift.map((column) => column.verdict)).toEqual(['stable', 'stable', 'stable'])
})

test('a period with few rows is grey and has no PSI per point', async () => {
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 20 })]
  const state = await on.monitoring.state('shop', 10)
  expect(state.drift[0]).toMatchObject({ verdict: 'too-few', n: 20 })
  expect(state.points[0]!.psi).toEqual([null, null, null])
})

test('replicas are merged by addition', async () => {
  const start = noon - minute
  on.endpoint.windows = [
    churnWindow({ cursor: 1, start, rows: 100, instance: 'a' }),
    churnWindow({ cursor: 2, start, rows: 60, instance: 'b' }),
  ]
  const state = await on.monitoring.state('shop', 10)
  expect(state.points).toHaveLength(1)
  expect(state.points[0]).toMatchObject({ requests: 160, memoryBytes: 100_000_000, cpu: 0.2 })
  expect(state.drift[0]!.n).toBe(160)
})

test('what is stored can be queried from SQL cells', async () => {
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  await on.monitoring.pull('shop')
  expect(
    await on.rows(`select deployment, model, version, window_start, requests::int requests, statuses['422']::int refused
                from monitoring.windows`),
  ).toEqual([
    {
      deployment: 'shop',
      model: 'churn',
      version: 1,
      window_start: new Date(noon - minute),
      requests: 100,
      refused: 4,
    },
  ])
  expect(
    await on.rows('select name, list_sum(counts)::int n from monitoring.columns order by role, position'),
  ).toEqual([
    { name: 'tenure', n: 100 },
    { name: 'contract', n: 100 },
    { name: 'prediction', n: 100 },
  ])
})

test('the fleet has one row a deployment with the worst drift and the last twenty minutes', async () => {
  on.endpoint.windows = [
    churnWindow({ cursor: 1, start: noon - 40 * minute, rows: 400 }),
    churnWindow({ cursor: 2, start: noon - 2 * minute, rows: 400, drifted: true }),
  ]
  await on.monitoring.pull('shop')
  on.listed.push({ ...on.deployment, name: 'idle', state: 'INACTIVE', endpoint: 'http://127.0.0.1:9' })
  const fleet = (await on.monitoring.fleet()).map((row) => fleetRowSchema.parse(row))
  expect(fleet.map((row) => row.deployment)).toEqual(['shop', 'idle'])
  expect(fleet[0]!.sparkline).toHaveLength(20)
  expect(fleet[0]!.sparkline[17]).toBe(400)
  expect(fleet[0]).toMatchObject({
    requestsPerMinute: 100,
    errorRate: 0.01,
    worstDrift: { verdict: 'alarm' },
  })
  expect(fleet[1]).toMatchObject({ requestsPerMinute: 0, p99: null, worstDrift: null })
})

test('an inactive deployment shows what is stored and is not asked', async () => {
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  await on.monitoring.pull('shop')
  const asked = on.endpoint.asked.length
  on.listed = [{ ...on.deployment, state: 'INACTIVE' }]
  on.time += 5000
  const state = await on.monitoring.state('shop', 10)
  expect(state).toMatchObject({ problem: '', totals: { requests: 100 } })
  expect(on.endpoint.asked).toHaveLength(asked)
})

test('an unknown name is refused with the names there are', async () => {
  await expect(on.monitoring.state('shpo', 10)).rejects.toMatchObject({
    code: 'not-found',
    message: 'There is no deployment "shpo"; there are shop.',
  })
})

test('the background poller pulls and tells the window when something came', async () => {
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  on.monitoring.start()
  await expect.poll(() => on.emitted).toEqual(['monitoring'])
  expect(await on.rows('select count(*)::int n from monitoring.windows')).toEqual([{ n: 1 }])
})

test('canary and shadow stand beside the champion, and a shadow is no traffic', async () => {
  on.endpoint.others = [2, 3].map((version) => ({ ...churnModel, model: { name: 'churn', version } }))
  on.endpoint.windows = [
    churnWindow({ cursor: 1, start: noon - 2 * minute, rows: 800 }),
    churnWindow({ cursor: 2, start: noon - 2 * minute, rows: 400, version: 2, role: 'canary' }),
    churnWindow({
      cursor: 3,
      start: noon - 2 * minute,
      rows: 1200,
      version: 3,
      role: 'shadow',
      drifted: true,
    }),
    churnWindow({ cursor: 4, start: noon - minute, rows: 1200, role: 'shadow', drifted: true }),
  ]
  const state = monitoringStateSchema.parse(await on.monitoring.state('shop', 10))
  expect(state.problem).toBe('')
  expect(state.totals).toMatchObject({ requests: 1200, rows: 1200, errors: 8 })
  expect(state.drift.map(({ column, n, verdict }) => [column, n, verdict])).toEqual([
    ['tenure', 800, 'stable'],
    ['contract', 800, 'stable'],
    ['prediction', 800, 'stable'],
  ])
  expect(state.points.map((point) => [point.requests, point.rows])).toEqual([
    [1200, 1200],
    [0, 0],
  ])
  expect(
    state.versions.map(({ version, role, requests, rows: n, worstDrift }) => [
      version,
      role,
      requests,
      n,
      worstDrift?.verdict,
    ]),
  ).toEqual([
    [1, 'active', 800, 800, 'stable'],
    [2, 'canary', 400, 400, 'stable'],
    [3, 'shadow', 0, 1200, 'alarm'],
    [1, 'shadow', 0, 1200, 'alarm'],
  ])
})
