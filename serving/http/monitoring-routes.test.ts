import { describe, expect, it } from 'vitest'
import { logEntrySchema, logTailSchema } from '../../shared/drift/log-entry.ts'
import { windowSchema, windowsTailSchema } from '../../shared/drift/window.ts'
import { lines, post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start, stateFolder, stopLast } = serversUnderTest()

describe('monitoring', () => {
  it('serves the open window with the counts of what was scored, and no closed one yet', async () => {
    const url = await start()
    const { rows } = bundles.binary.sample
    await post(`${url}/predict`, rows)
    await post(`${url}/predict`, [{ tenure: 1 }])
    const [first, tail, ...rest] = await lines(`${url}/monitoring/windows?since=0`)
    expect(rest).toEqual([])
    expect(windowsTailSchema.parse(tail)).toEqual({ next: 0 })
    const window = windowSchema.parse(first)
    expect(window).toMatchObject({
      cursor: 1,
      open: true,
      requests: 2,
      rows: rows.length,
      statuses: { '200': 1, '400': 1 },
    })
    for (const column of [...window.features, ...window.outputs]) {
      expect(column.counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length)
    }
    expect(window.latency.reduce((sum, count) => sum + count, 0)).toBe(2)
    expect(window.bytesIn).toBeGreaterThan(0)
  })

  it('closes windows, keeps them over restarts and goes on with the cursor', async () => {
    const folder = stateFolder('windows-over-restarts')
    const { rows } = bundles.binary.sample
    const first = await start('binary', { stateFolder: folder, windowSeconds: 0.2 })
    await post(`${first}/predict`, rows)
    await expect
      .poll(async () => (await lines(`${first}/monitoring/windows`)).length, { timeout: 5000 })
      .toBe(3)
    await post(`${first}/predict`, rows)
    await stopLast()

    const second = await start('binary', { stateFolder: folder })
    await post(`${second}/predict`, rows)
    const found = (await lines(`${second}/monitoring/windows`))
      .slice(0, -1)
      .map((line) => windowSchema.parse(line))
    expect(found.map((window) => [window.cursor, window.open])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ])
    const later = await lines(`${second}/monitoring/windows?since=2`)
    expect(later).toHaveLength(2)
    expect(later[1]).toEqual({ next: 2 })
    expect((await fetch(`${second}/monitoring/windows?since=x`)).status).toBe(400)
  })

  it('logs predictions and feedback under one cursor, each as its schema says', async () => {
    const url = await start('multiclass')
    const { rows, predictions, probabilities } = bundles.multiclass.sample
    const { ids } = (await post(`${url}/predict`, rows)).body
    await post(`${url}/feedback`, { feedback: [{ id: ids[0], actual: 2, at: '2026-01-02T03:04:05Z' }] })
    const found = await lines(`${url}/monitoring/predictions?since=0`)
    const entries = found.slice(0, -1).map((line) => logEntrySchema.parse(line))
    expect(logTailSchema.parse(found.at(-1))).toEqual({ next: rows.length + 1 })
    expect(entries.find(({ id }) => id === ids[5])).toMatchObject({
      type: 'prediction',
      prediction: predictions[5],
      probabilities: probabilities?.[5],
    })
    expect(entries.filter(({ type }) => type === 'feedback')).toHaveLength(1)
    expect(entries.find(({ type }) => type === 'feedback')).toMatchObject({
      id: ids[0],
      actual: 2,
      at: Date.parse('2026-01-02T03:04:05Z'),
    })
    expect(await lines(`${url}/monitoring/predictions?since=${rows.length}`)).toHaveLength(2)
  })

  it('logs a sample of a request with more rows than may be logged, from its beginning to its end', async () => {
    const url = await start('binary', { loggedRowsPerSecond: 200 })
    const { rows } = bundles.binary.sample
    const many = Array.from({ length: 2_000 }, (_, i) => rows[i % rows.length])
    const { ids } = (await post(`${url}/predict`, many)).body
    const entries = (await lines(`${url}/monitoring/predictions?since=0`)).slice(0, -1)
    const places = entries.map((line) => ids.indexOf(logEntrySchema.parse(line).id))
    expect(places.length).toBeLessThanOrEqual(200)
    expect(places.length).toBeGreaterThan(140)
    for (let from = 0; from < 2_000; from += 500) {
      expect(places.filter((place) => place >= from && place < from + 500).length).toBeGreaterThan(15)
    }
  })

  it('accepts feedback once, reports ids it never issued, and refuses actuals that are no class', async () => {
    const url = await start()
    const { ids } = (await post(`${url}/predict`, bundles.binary.sample.rows)).body
    const unissued = (ids[0] ?? '').replace(/^./, (digit: string) => (digit === 'a' ? 'b' : 'a'))
    const feedback = [
      { id: ids[0], actual: 'Yes' },
      { id: 'nonsense', actual: 'No' },
      { id: unissued, actual: 'No' },
    ]
    for (let repeat = 0; repeat < 3; repeat++) {
      const answer = await post(`${url}/feedback`, { feedback })
      expect(answer.body).toEqual({ accepted: 1, unknown: ['nonsense', unissued] })
    }
    const entries = await lines(`${url}/monitoring/predictions?since=0`)
    expect(entries.filter((entry) => JSON.stringify(entry).includes('"feedback"'))).toHaveLength(1)
    const wrong = await post(`${url}/feedback`, {
      feedback: [
        { id: ids[1], actual: 1 },
        { id: 3, actual: 'No', at: 'x' },
      ],
    })
    expect(wrong.status).toBe(400)
    expect(wrong.body.error.fields.map((field: { column: string }) => field.column)).toEqual([
      'actual',
      'id',
      'at',
    ])
    expect((await post(`${url}/feedback`, { feedback: 3 })).status).toBe(400)
  })

  it('takes feedback to the predictions of a replica with the same key, and keeps it as its own', async () => {
    const idKey = 'shared by the replicas'
    const first = await start('binary', { idKey })
    const second = await start('binary', { idKey })
    const { ids } = (await post(`${first}/predict`, bundles.binary.sample.rows.slice(0, 2))).body
    const [known, strange] = [
      { id: ids[0], actual: 'Yes' },
      { id: ids[1], actual: 'No' },
    ]
    const answer = await post(`${second}/feedback`, { feedback: [known] })
    expect(answer.body).toEqual({ accepted: 1, unknown: [] })
    const [entry] = await lines(`${second}/monitoring/predictions?since=0`)
    expect(entry).toMatchObject({ type: 'feedback', ...known })
    const third = await start('binary')
    expect((await post(`${third}/feedback`, { feedback: [strange] })).body).toEqual({
      accepted: 0,
      unknown: [ids[1]],
    })
  })

  it('gives the metrics their agreed names', async () => {
    const url = await start()
    await post(`${url}/predict`, bundles.binary.sample.rows)
    const text = await (await fetch(`${url}/metrics`)).text()
    for (const sample of [
      'slipway_predict_requests_total{model="churn",version="3",protocol="predict"} 1',
      'slipway_predict_responses_total{status_code="200",status_family="2XX",result="success"} 1',
      'slipway_predict_latency_seconds_count{result="success"} 1',
      'slipway_network_bytes_total{direction="in"}',
      'slipway_bandwidth_utilization_ratio',
      'slipway_cpu_utilization_ratio{instance=',
      'slipway_memory_utilization_ratio{instance=',
      `slipway_rows_total ${bundles.binary.sample.rows.length}`,
      'slipway_batch_rows_bucket{le="50"} 1',
      'slipway_inflight_requests 0',
      'slipway_queue_seconds_count 1',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_seconds',
    ]) {
      expect(text).toContain(sample)
    }
    // Only counters may end so, and those of requests begin at 0 before the first.
    const unasked = await (await fetch(`${await start()}/metrics`)).text()
    for (const sample of [
      'slipway_predict_requests_total{model="churn",version="3",protocol="predict"} 0',
      'slipway_predict_responses_total{status_code="200",status_family="2XX",result="success"} 0',
      'slipway_version_responses_total{model="churn",version="3",role="active",status_code="200"} 0',
    ]) {
      expect(unasked).toContain(sample)
    }
    const gauges = [...text.matchAll(/^# TYPE (\S+) gauge$/gm)].map((match) => match[1])
    expect(gauges.filter((name) => name?.endsWith('_total'))).toEqual([])
  })
})
