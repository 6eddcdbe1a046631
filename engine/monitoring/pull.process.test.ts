/** What an endpoint may answer when it is asked for its windows, and how it is found. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { churnWindow } from './testing/churn-traffic.ts'
import { type MonitoringFixture, minute, noon, openMonitoringFixture } from './testing/monitoring-fixture.ts'

let on: MonitoringFixture
beforeEach(async () => {
  on = await openMonitoringFixture()
})
afterEach(() => on.close())

test('pulling again changes nothing, and an open window is replaced', async () => {
  on.endpoint.windows = [
    churnWindow({ cursor: 1, start: noon - 2 * minute, rows: 100 }),
    churnWindow({ cursor: 2, start: noon - minute, rows: 40, open: true }),
  ]
  await on.monitoring.pull('shop')
  await on.monitoring.pull('shop')
  expect(await on.rows('select sum(requests)::int n, count(*)::int w from monitoring.windows')).toEqual([
    { n: 140, w: 2 },
  ])
  on.endpoint.windows[1] = churnWindow({ cursor: 2, start: noon - minute, rows: 100 })
  await on.monitoring.pull('shop')
  expect(await on.rows('select sum(requests)::int n, bool_or(open) open from monitoring.windows')).toEqual([
    { n: 200, open: false },
  ])
  expect(await on.rows('select count(*)::int n from monitoring.columns')).toEqual([{ n: 6 }])
  expect(on.endpoint.asked.at(-2)).toBe('/monitoring/windows?since=2')
})

test('long backlogs come page by page', async () => {
  on.endpoint.pageSize = 3
  on.endpoint.windows = Array.from({ length: 10 }, (_, i) =>
    churnWindow({ cursor: i + 1, start: noon - (10 - i) * minute, rows: 20 }),
  )
  const state = await on.monitoring.state('shop', 60)
  expect(state.totals.requests).toBe(200)
  expect(on.endpoint.asked).toContain('/monitoring/windows?since=9')
})

test('an endpoint whose cursors begin anew is read from the beginning', async () => {
  on.endpoint.windows = [1, 2, 3].map((cursor) => churnWindow({ cursor, start: noon - 5 * minute, rows: 20 }))
  await on.monitoring.pull('shop')
  on.endpoint.windows = [
    churnWindow({ cursor: 1, start: noon - minute, rows: 100, instance: 'b' }),
    churnWindow({ cursor: 2, start: noon, rows: 20, instance: 'b', open: true }),
  ]
  await on.monitoring.pull('shop')
  expect((await on.monitoring.state('shop', 10)).totals.requests).toBe(180)
})

test('an unreachable endpoint is a problem beside what is stored, and pulling goes on where it ended', async () => {
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - 2 * minute, rows: 100 })]
  await on.monitoring.state('shop', 10)
  on.endpoint.instead = { status: 503, body: 'draining' }
  on.time += 2000
  const state = await on.monitoring.state('shop', 10)
  expect(state.problem).toContain('answered 503: draining')
  expect(state.pulled).toBe('2026-03-02T12:00:00.000Z')
  expect(state.totals.requests).toBe(100)
  on.endpoint.instead = null
  on.endpoint.windows.push(churnWindow({ cursor: 2, start: noon - minute, rows: 60 }))
  on.time += 2000
  const after = await on.monitoring.state('shop', 10)
  expect(after).toMatchObject({ problem: '', totals: { requests: 160 } })
})

test('a closed port is named with its address', async () => {
  await on.endpoint.close()
  const state = await on.monitoring.state('shop', 10)
  expect(state.problem).toContain(`${on.endpoint.url} cannot be reached`)
  expect(state).toMatchObject({ points: [], pulled: null, model: { name: 'churn', version: 1 } })
})

test.each([
  ['not JSON', '{"cursor":\n{"next":1}\n', 'line 1 is not JSON'],
  ['of another form', '{"cursor":"one"}\n{"next":1}\n', 'line 1: cursor'],
  ['cut off', '{"cursor":1}\n', 'ends without its cursor'],
])('an answer that is %s stores nothing and is told', async (_, body, expected) => {
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 20 })]
  await on.monitoring.pull('shop')
  on.endpoint.instead = { status: 200, body }
  await expect(on.monitoring.pull('shop')).rejects.toThrow(expected)
  expect(await on.rows('select count(*)::int n from monitoring.windows')).toEqual([{ n: 1 }])
})

test('windows on other bins than the baseline are refused', async () => {
  on.endpoint.windows = [
    { ...churnWindow({ cursor: 1, start: noon, rows: 20 }), layoutHash: 'another-layout' },
  ]
  await expect(on.monitoring.pull('shop')).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('another-layo'),
  })
  expect(await on.rows('select count(*)::int n from monitoring.windows')).toEqual([{ n: 0 }])
})

test('an endpoint that is not a deployment is pulled by its address, with the baseline it tells', async () => {
  on.listed = []
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 400, drifted: true })]
  const state = await on.monitoring.pullEndpoint(on.endpoint.url.replace('http://', ''))
  expect(state.deployment).toBe(new URL(on.endpoint.url).host)
  expect(state.drift[0]).toMatchObject({ column: 'tenure', verdict: 'alarm' })
  on.endpoint.instead = { status: 500, body: '' }
  expect((await on.monitoring.pullEndpoint(on.endpoint.url)).problem).toContain('answered 500')
})

test('a deployment of the workspace can be named instead of its address', async () => {
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  const state = await on.monitoring.pullEndpoint('shop')
  expect([state.deployment, state.problem, state.totals.rows]).toEqual(['shop', '', 100])
})

test('an endpoint that asks for a token is pulled with the one of its deployment, or with one that is given', async () => {
  on.endpoint.windows = [churnWindow({ cursor: 1, start: noon - minute, rows: 100 })]
  on.endpoint.token = 'sesame'
  const refused = await on.monitoring.state('shop', 10)
  expect(refused.problem).toContain('asks for a bearer token')
  expect(refused.totals.rows).toBe(0)
  expect((await on.monitoring.pullEndpoint('shop', 'sesame')).totals.rows).toBe(100)
  on.tokens.shop = 'sesame'
  on.time += 2000
  expect(await on.monitoring.state('shop', 10)).toMatchObject({ problem: '', totals: { rows: 100 } })
  on.listed = []
  expect((await on.monitoring.pullEndpoint(on.endpoint.url, 'sesame')).problem).toBe('')
  expect((await on.monitoring.pullEndpoint(on.endpoint.url, 'wrong')).problem).toContain(
    'asks for a bearer token',
  )
})

test('an address where nothing listens is unreachable, and one that is none is said so', async () => {
  on.listed = []
  await on.endpoint.close()
  await expect(on.monitoring.pullEndpoint(on.endpoint.url)).rejects.toMatchObject({ code: 'unreachable' })
  await expect(on.monitoring.pullEndpoint('ftp://x')).rejects.toMatchObject({ code: 'invalid-input' })
})
