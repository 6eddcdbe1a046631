import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Deployment } from '../../shared/contract/deployments.ts'
import { fleetRowSchema, monitoringStateSchema } from '../../shared/contract/monitoring.ts'
import type { LogEntry } from '../../shared/drift/log-entry.ts'
import { type Database, openDatabase } from '../data/database.ts'
import { createMonitoring } from './create-monitoring.ts'
import type { Monitoring } from './monitoring.ts'
import { churnModel, churnWindow } from './testing/churn-traffic.ts'
import { type CountingEndpoint, startCountingEndpoint } from './testing/counting-endpoint.ts'

const minute = 60_000
/** A whole minute, so that windows and buckets fall together. */
const noon = Date.UTC(2026, 2, 2, 12)

let folder: string
let database: Database
let endpoint: CountingEndpoint
let deployment: Deployment
let listed: Deployment[]
let monitoring: Monitoring
let time: number
let emitted: string[]
let tokens: Record<string, string>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-monitoring-'))
  database = await openDatabase(join(folder, 'workspace.duckdb'), folder)
  endpoint = await startCountingEndpoint(churnModel)
  deployment = {
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
  listed = [deployment]
  time = noon
  emitted = []
  tokens = {}
  monitoring = await createMonitoring({
    database,
    deployments: { list: () => listed, token: (name) => tokens[name] ?? null },
    changes: { emit: (area) => emitted.push(area) },
    now: () => time,
  })
})

afterEach(async () => {
  await monitoring.stop()
  await endpoint.close()
  database.close()
  await rm(folder, { recursive: true, force: true })
})

async function rows(sql: string) {
  const session = await database.session()
  try {
    return await session.rows(sql)
  } finally {
    session.close()
  }
}

test('the state shows what was pulled: traffic, latency, drift against the baseline', async () => {
  endpoint.windows = [
    churnWindow({ cursor: 1, start: noon - 3 * minute, rows: 400 }),
    churnWindow({ cursor: 2, start: noon - 2 * minute, rows: 400, drifted: true }),
  ]
  const state = monitoringStateSchema.parse(await monitoring.state('shop', 10))
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
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 2000 })]
  const { drift } = await monitoring.state('shop', 10)
  expect(drift.map((column) => column.verdict)).toEqual(['stable', 'stable', 'stable'])
})

test('a period with few rows is grey and has no PSI per point', async () => {
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 20 })]
  const state = await monitoring.state('shop', 10)
  expect(state.drift[0]).toMatchObject({ verdict: 'too-few', n: 20 })
  expect(state.points[0]!.psi).toEqual([null, null, null])
})

test('pulling again changes nothing, and an open window is replaced', async () => {
  endpoint.windows = [
    churnWindow({ cursor: 1, start: noon - 2 * minute, rows: 100 }),
    churnWindow({ cursor: 2, start: noon - minute, rows: 40, open: true }),
  ]
  await monitoring.pull('shop')
  await monitoring.pull('shop')
  expect(await rows('select sum(requests)::int n, count(*)::int w from monitoring.windows')).toEqual([
    { n: 140, w: 2 },
  ])
  endpoint.windows[1] = churnWindow({ cursor: 2, start: noon - minute, rows: 100 })
  await monitoring.pull('shop')
  expect(await rows('select sum(requests)::int n, bool_or(open) open from monitoring.windows')).toEqual([
    { n: 200, open: false },
  ])
  expect(await rows('select count(*)::int n from monitoring.columns')).toEqual([{ n: 6 }])
  expect(endpoint.asked.at(-2)).toBe('/monitoring/windows?since=2')
})

test('long backlogs come page by page', async () => {
  endpoint.pageSize = 3
  endpoint.windows = Array.from({ length: 10 }, (_, i) =>
    churnWindow({ cursor: i + 1, start: noon - (10 - i) * minute, rows: 20 }),
  )
  const state = await monitoring.state('shop', 60)
  expect(state.totals.requests).toBe(200)
  expect(endpoint.asked).toContain('/monitoring/windows?since=9')
})

test('replicas are merged by addition', async () => {
  const start = noon - minute
  endpoint.windows = [
    churnWindow({ cursor: 1, start, rows: 100, instance: 'a' }),
    churnWindow({ cursor: 2, start, rows: 60, instance: 'b' }),
  ]
  const state = await monitoring.state('shop', 10)
  expect(state.points).toHaveLength(1)
  expect(state.points[0]).toMatchObject({ requests: 160, memoryBytes: 100_000_000, cpu: 0.2 })
  expect(state.drift[0]!.n).toBe(160)
})

test('an endpoint whose cursors begin anew is read from the beginning', async () => {
  endpoint.windows = [1, 2, 3].map((cursor) => churnWindow({ cursor, start: noon - 5 * minute, rows: 20 }))
  await monitoring.pull('shop')
  endpoint.windows = [
    churnWindow({ cursor: 1, start: noon - minute, rows: 100, instance: 'b' }),
    churnWindow({ cursor: 2, start: noon, rows: 20, instance: 'b', open: true }),
  ]
  await monitoring.pull('shop')
  expect((await monitoring.state('shop', 10)).totals.requests).toBe(180)
})

test('an unreachable endpoint is a problem beside what is stored, and pulling goes on where it ended', async () => {
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - 2 * minute, rows: 100 })]
  await monitoring.state('shop', 10)
  endpoint.instead = { status: 503, body: 'draining' }
  time += 2000
  const state = await monitoring.state('shop', 10)
  expect(state.problem).toContain('answered 503: draining')
  expect(state.pulled).toBe('2026-03-02T12:00:00.000Z')
  expect(state.totals.requests).toBe(100)
  endpoint.instead = null
  endpoint.windows.push(churnWindow({ cursor: 2, start: noon - minute, rows: 60 }))
  time += 2000
  const after = await monitoring.state('shop', 10)
  expect(after).toMatchObject({ problem: '', totals: { requests: 160 } })
})

test('a closed port is named with its address', async () => {
  await endpoint.close()
  const state = await monitoring.state('shop', 10)
  expect(state.problem).toContain(`${endpoint.url} cannot be reached`)
  expect(state).toMatchObject({ points: [], pulled: null, model: { name: 'churn', version: 1 } })
})

test.each([
  ['not JSON', '{"cursor":\n{"next":1}\n', 'line 1 is not JSON'],
  ['of another form', '{"cursor":"one"}\n{"next":1}\n', 'line 1: cursor'],
  ['cut off', '{"cursor":1}\n', 'ends without its cursor'],
])('an answer that is %s stores nothing and is told', async (_, body, expected) => {
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 20 })]
  await monitoring.pull('shop')
  endpoint.instead = { status: 200, body }
  await expect(monitoring.pull('shop')).rejects.toThrow(expected)
  expect(await rows('select count(*)::int n from monitoring.windows')).toEqual([{ n: 1 }])
})

test('windows on other bins than the baseline are refused', async () => {
  endpoint.windows = [{ ...churnWindow({ cursor: 1, start: noon, rows: 20 }), layoutHash: 'another-layout' }]
  await expect(monitoring.pull('shop')).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('another-layo'),
  })
  expect(await rows('select count(*)::int n from monitoring.windows')).toEqual([{ n: 0 }])
})

test('feedback is joined to predictions and gives the realised metrics', async () => {
  const { model } = churnModel
  const prediction = (cursor: number, id: string, label: string, p: number): LogEntry => ({
    type: 'prediction',
    cursor,
    id,
    at: noon - minute,
    model,
    prediction: label,
    probabilities: [1 - p, p],
  })
  const feedback = (cursor: number, id: string, actual: string): LogEntry => ({
    type: 'feedback',
    cursor,
    id,
    at: noon - 1000,
    actual,
  })
  endpoint.log = [
    prediction(1, 'p1', 'Yes', 0.9),
    prediction(2, 'p2', 'No', 0.2),
    prediction(3, 'p3', 'Yes', 0.6),
    prediction(4, 'p4', 'No', 0.4),
    feedback(5, 'p1', 'Yes'),
    feedback(6, 'p2', 'No'),
    feedback(7, 'p3', 'No'),
    feedback(8, 'p4', 'No'),
    feedback(9, 'p4', 'Yes'),
    feedback(10, 'never-predicted', 'Yes'),
  ]
  const { realised, totals } = await monitoring.state('shop', 10)
  expect(totals.feedback).toBe(5)
  expect(realised.n).toBe(4)
  expect(realised.metrics).toMatchObject({ accuracy: 0.5, precision: 0.5, recall: 0.5, auc: 0.75 })
  expect(realised.metrics.logLoss).toBeCloseTo(
    -(Math.log(0.9) + Math.log(0.8) + Math.log(0.4) + Math.log(0.4)) / 4,
    9,
  )
})

test('feedback counts that another replica took, the latest where several did', async () => {
  const { model } = churnModel
  const sibling = await startCountingEndpoint(churnModel)
  listed.push({ ...deployment, name: 'sibling', endpoint: sibling.url })
  const predicted = (cursor: number, id: string): LogEntry => ({
    ...{ type: 'prediction', cursor, id, at: noon - minute, model, prediction: 'Yes' },
    probabilities: [0.1, 0.9],
  })
  const told = (cursor: number, id: string, actual: string, at: number): LogEntry => ({
    ...{ type: 'feedback', cursor, id, actual, at },
  })
  try {
    endpoint.log = [predicted(1, 'a1'), predicted(2, 'a2'), told(3, 'a2', 'No', noon - 9000)]
    sibling.log = [predicted(1, 'b1'), told(2, 'a1', 'Yes', noon - 5000), told(3, 'a2', 'Yes', noon - 4000)]
    await monitoring.pull('sibling')
    const { realised } = await monitoring.state('shop', 10)
    expect(realised).toMatchObject({ n: 2, metrics: { accuracy: 1 } })
    expect((await monitoring.state('sibling', 10)).realised.n).toBe(0)
  } finally {
    await sibling.close()
  }
})

test('what is stored can be queried from SQL cells', async () => {
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  await monitoring.pull('shop')
  expect(
    await rows(`select deployment, model, version, window_start, requests::int requests, statuses['422']::int refused
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
    await rows('select name, list_sum(counts)::int n from monitoring.columns order by role, position'),
  ).toEqual([
    { name: 'tenure', n: 100 },
    { name: 'contract', n: 100 },
    { name: 'prediction', n: 100 },
  ])
})

test('the fleet has one row a deployment with the worst drift and the last twenty minutes', async () => {
  endpoint.windows = [
    churnWindow({ cursor: 1, start: noon - 40 * minute, rows: 400 }),
    churnWindow({ cursor: 2, start: noon - 2 * minute, rows: 400, drifted: true }),
  ]
  await monitoring.pull('shop')
  listed.push({ ...deployment, name: 'idle', state: 'INACTIVE', endpoint: 'http://127.0.0.1:9' })
  const fleet = (await monitoring.fleet()).map((row) => fleetRowSchema.parse(row))
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
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  await monitoring.pull('shop')
  const asked = endpoint.asked.length
  listed = [{ ...deployment, state: 'INACTIVE' }]
  time += 5000
  const state = await monitoring.state('shop', 10)
  expect(state).toMatchObject({ problem: '', totals: { requests: 100 } })
  expect(endpoint.asked).toHaveLength(asked)
})

test('an endpoint that is not a deployment is pulled by its address, with the baseline it tells', async () => {
  listed = []
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 400, drifted: true })]
  const state = await monitoring.pullEndpoint(endpoint.url.replace('http://', ''))
  expect(state.deployment).toBe(new URL(endpoint.url).host)
  expect(state.drift[0]).toMatchObject({ column: 'tenure', verdict: 'alarm' })
  endpoint.instead = { status: 500, body: '' }
  expect((await monitoring.pullEndpoint(endpoint.url)).problem).toContain('answered 500')
})

test('a deployment of the workspace can be named instead of its address', async () => {
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  const state = await monitoring.pullEndpoint('shop')
  expect([state.deployment, state.problem, state.totals.rows]).toEqual(['shop', '', 100])
})

test('an endpoint that asks for a token is pulled with the one of its deployment, or with one that is given', async () => {
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  endpoint.token = 'sesame'
  const refused = await monitoring.state('shop', 10)
  expect(refused.problem).toContain('asks for a bearer token')
  expect(refused.totals.rows).toBe(0)
  expect((await monitoring.pullEndpoint('shop', 'sesame')).totals.rows).toBe(100)
  tokens.shop = 'sesame'
  time += 2000
  expect(await monitoring.state('shop', 10)).toMatchObject({ problem: '', totals: { rows: 100 } })
  listed = []
  expect((await monitoring.pullEndpoint(endpoint.url, 'sesame')).problem).toBe('')
  expect((await monitoring.pullEndpoint(endpoint.url, 'wrong')).problem).toContain('asks for a bearer token')
})

test('an address where nothing listens is unreachable, and one that is none is said so', async () => {
  listed = []
  await endpoint.close()
  await expect(monitoring.pullEndpoint(endpoint.url)).rejects.toMatchObject({ code: 'unreachable' })
  await expect(monitoring.pullEndpoint('ftp://x')).rejects.toMatchObject({ code: 'invalid-input' })
})

test('an unknown name is refused with the names there are', async () => {
  await expect(monitoring.state('shpo', 10)).rejects.toMatchObject({
    code: 'not-found',
    message: 'There is no deployment "shpo"; there are shop.',
  })
})

test('the background poller pulls and tells the window when something came', async () => {
  endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  monitoring.start()
  await expect.poll(() => emitted).toEqual(['monitoring'])
  expect(await rows('select count(*)::int n from monitoring.windows')).toEqual([{ n: 1 }])
})

test('canary and shadow stand beside the champion, and a shadow is no traffic', async () => {
  endpoint.others = [2, 3].map((version) => ({ ...churnModel, model: { name: 'churn', version } }))
  endpoint.windows = [
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
  const state = monitoringStateSchema.parse(await monitoring.state('shop', 10))
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
