import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { logEntrySchema, logTailSchema, monitoredModelSchema } from '../../shared/drift/log-entry.ts'
import { windowSchema, windowsTailSchema } from '../../shared/drift/window.ts'
import type { Task } from '../../shared/signature/signature.ts'
import { type RunningServer, serve } from '../serve.ts'
import { defaultSettings, type Settings } from '../settings.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'

const bundles = {} as Record<Task, WrittenBundle>
let state: string
let running: RunningServer[] = []

beforeAll(async () => {
  for (const task of ['binary', 'multiclass', 'regression'] as const) bundles[task] = await writeBundle(task)
  state = await mkdtemp(join(os.tmpdir(), 'slipway-state-'))
})
afterEach(async () => {
  for (const server of running) await server.stop()
  running = []
})
afterAll(async () => {
  for (const bundle of Object.values(bundles)) await bundle.remove()
  await rm(state, { recursive: true, force: true })
})

let states = 0
async function start(task: Task = 'binary', settings: Partial<Settings> = {}): Promise<string> {
  const server = await serve(
    bundles[task].folder,
    {
      ...defaultSettings,
      port: 0,
      logLevel: 'error',
      stateFolder: join(state, String(++states)),
      ...settings,
    },
    '0.0.1',
  )
  running.push(server)
  return `http://127.0.0.1:${server.port}`
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

const lines = async (url: string): Promise<unknown[]> =>
  (await (await fetch(url)).text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

function keyed(task: Task) {
  const { sample } = bundles[task]
  const classes = sample.signature.target.classes ?? []
  return sample.probabilities?.map((row) =>
    Object.fromEntries(row.map((value, k) => [String(classes[k]), value])),
  )
}

describe('/predict', () => {
  it.each(['binary', 'multiclass', 'regression'] as const)(
    'answers recorded rows of a %s model with the training-time predictions, to the last bit',
    async (task) => {
      const url = await start(task)
      const { sample } = bundles[task]
      const answer = await post(`${url}/predict`, { data: sample.rows })
      expect(answer.status).toBe(200)
      expect(answer.body.prediction).toEqual(sample.predictions)
      expect(answer.body.probabilities).toEqual(keyed(task))
      expect(answer.body.model).toEqual({ name: 'churn', version: 3 })
      expect(new Set(answer.body.ids).size).toBe(sample.rows.length)
    },
  )

  it('takes an array of rows, columns with data, and CSV for the same predictions', async () => {
    const url = await start()
    const { rows, predictions, signature } = bundles.binary.sample
    const columns = signature.inputs.map((input) => input.name)
    const data = rows.map((row) => columns.map((column) => row[column]))
    const cell = (value: unknown) => (value === null ? '' : `"${String(value).replaceAll('"', '""')}"`)
    const csv = [columns.join(','), ...data.map((cells) => cells.map(cell).join(','))].join('\r\n')
    expect((await post(`${url}/predict`, rows)).body.prediction).toEqual(predictions)
    expect((await post(`${url}/predict`, { columns, data })).body.prediction).toEqual(predictions)
    const fromCsv = await post(`${url}/predict`, csv, { 'content-type': 'text/csv' })
    expect(fromCsv.body.prediction).toEqual(predictions)
    expect(fromCsv.body.probabilities).toEqual(keyed('binary'))
  })

  it('names row, column, what was expected and what was found, and echoes the request id', async () => {
    const url = await start()
    const row = { ...bundles.binary.sample.rows[0], tenure: 'abc' }
    const answer = await post(`${url}/predict`, [row], { 'x-request-id': 'mine-1' })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('x-request-id')).toBe('mine-1')
    expect(answer.body).toEqual({
      error: {
        code: 'invalid_rows',
        message: 'One value does not fit the signature.',
        fields: [{ row: 0, column: 'tenure', expected: 'a finite number', found: 'the string "abc"' }],
        requestId: 'mine-1',
      },
    })
  })

  it('leaves fields out in terse mode', async () => {
    const url = await start('binary', { terseErrors: true })
    const answer = await post(`${url}/predict`, [{ ...bundles.binary.sample.rows[0], tenure: 'secret' }])
    expect(JSON.stringify(answer.body)).not.toContain('secret')
    expect(answer.body.error.fields).toBeUndefined()
  })

  it('refuses what is no request with 400 and says what one is', async () => {
    const url = await start()
    const bodies = [
      '{',
      '',
      'null',
      '{"data":3}',
      '{"data":[]}',
      '[3]',
      '{"columns":["tenure","tenure"],"data":[]}',
    ]
    for (const body of bodies) {
      const answer = await post(`${url}/predict`, body)
      expect([body, answer.status]).toEqual([body, 400])
      expect(answer.body.error.message).not.toBe('')
    }
    const absent = await post(`${url}/predict`, { columns: ['tenure'], data: [[1]] })
    expect(absent.body.error.message).toContain('"contract"')
  })

  it('refuses bodies and row counts over the limit with 413', async () => {
    const url = await start('binary', { bodyBytes: 20_000, rowsPerRequest: 3 })
    const { rows } = bundles.binary.sample
    expect((await post(`${url}/predict`, rows.slice(0, 4))).status).toBe(413)
    const large = await post(`${url}/predict`, ' '.repeat(20_001))
    expect(large.status).toBe(413)
    expect(large.body.error.code).toBe('too_large')
    expect((await post(`${url}/predict`, rows.slice(0, 3))).status).toBe(200)
  })

  it('answers 429 with Retry-After above the in-flight limit, and 504 to a body that never ends', async () => {
    const url = await start('binary', { inflightRequests: 1, requestSeconds: 0.4 })
    const slow = new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const outgoing = httpRequest(`${url}/predict`, { method: 'POST', headers: { 'content-length': 100 } })
      outgoing.on('response', (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode, text }))
      })
      outgoing.on('error', reject)
      outgoing.write('[')
    })
    await expect
      .poll(async () =>
        (await (await fetch(`${url}/metrics`)).text()).includes('slipway_inflight_requests 1'),
      )
      .toBe(true)
    const refused = await post(`${url}/predict`, bundles.binary.sample.rows)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    const late = await slow
    expect(late.status).toBe(504)
    expect(late.text).toContain('"timeout"')
    expect((await post(`${url}/predict`, bundles.binary.sample.rows)).status).toBe(200)
  })

  it('asks for the token, but not for health', async () => {
    const url = await start('binary', { token: 'secret' })
    const { rows } = bundles.binary.sample
    expect((await post(`${url}/predict`, rows)).status).toBe(401)
    expect((await post(`${url}/predict`, rows, { authorization: 'Bearer wrong!' })).status).toBe(401)
    expect((await post(`${url}/predict`, rows, { authorization: 'Bearer secret' })).status).toBe(200)
    expect((await fetch(`${url}/metrics`)).status).toBe(401)
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  })
})

describe('MLflow', () => {
  it('takes each of the four keys and CSV', async () => {
    const url = `${await start('multiclass')}/invocations`
    const { rows, predictions, signature } = bundles.multiclass.sample
    const columns = signature.inputs.map((input) => input.name)
    const data = rows.map((row) => columns.map((column) => row[column]))
    const inputs = Object.fromEntries(columns.map((column) => [column, rows.map((row) => row[column])]))
    for (const body of [
      { dataframe_split: { columns, data } },
      { dataframe_records: rows, params: {} },
      { instances: rows },
      { inputs },
    ]) {
      expect((await post(url, body)).body).toEqual({ predictions })
    }
  })

  it('answers errors in its own form', async () => {
    const url = `${await start()}/invocations`
    const { rows } = bundles.binary.sample
    const both = await post(url, { instances: rows, inputs: {} })
    expect(both.status).toBe(400)
    expect(both.body.error_code).toBe('BAD_REQUEST')
    const strange = await post(url, { instances: rows, more: 1 })
    expect(strange.body.message).toContain('"more"')
  })

  it('answers /ping with a line end and /version with text', async () => {
    const url = await start()
    const ping = await fetch(`${url}/ping`)
    expect([ping.status, await ping.text()]).toEqual([200, '\n'])
    expect(await (await fetch(`${url}/version`)).text()).toBe('0.0.1')
  })
})

describe('Open Inference Protocol', () => {
  const tensors = (task: Task) => {
    const { rows, signature } = bundles[task].sample
    const types = { numeric: 'FP64', categorical: 'BYTES', boolean: 'BOOL' } as const
    return signature.inputs.map(({ name, type }) => ({
      name,
      shape: [rows.length],
      datatype: types[type],
      data: rows.map((row) => row[name] ?? null),
    }))
  }

  it('scores tensors, echoes the id and gives probabilities as a tensor', async () => {
    const url = await start('multiclass')
    const { predictions, probabilities, rows } = bundles.multiclass.sample
    const answer = await post(`${url}/v2/models/churn/versions/3/infer`, {
      id: '42',
      inputs: tensors('multiclass'),
    })
    expect(answer.body).toEqual({
      model_name: 'churn',
      model_version: '3',
      id: '42',
      outputs: [
        { name: 'prediction', shape: [rows.length], datatype: 'INT64', data: predictions },
        { name: 'probabilities', shape: [rows.length, 3], datatype: 'FP64', data: probabilities?.flat() },
      ],
    })
    const one = await post(`${url}/v2/models/churn/infer`, {
      inputs: tensors('multiclass'),
      outputs: [{ name: 'prediction' }],
    })
    expect(one.body.outputs).toHaveLength(1)
  })

  it('describes the model and answers health under both keys', async () => {
    const url = await start('regression')
    const get = async (path: string) => (await fetch(url + path)).json()
    expect(await get('/v2')).toEqual({ name: 'slipway', version: '0.0.1', extensions: [] })
    expect(await get('/v2/health/ready')).toEqual({ live: true, ready: true })
    expect(await get('/v2/models/churn/ready')).toEqual({ name: 'churn', ready: true })
    const metadata = await get('/v2/models/churn')
    expect(metadata.outputs).toEqual([{ name: 'prediction', datatype: 'FP64', shape: [-1] }])
    expect(metadata.inputs[2]).toEqual({ name: 'contract', datatype: 'BYTES', shape: [-1] })
  })

  it('refuses with one string', async () => {
    const url = await start()
    const inputs = tensors('binary')
    const cases: [string, unknown, number][] = [
      ['/v2/models/other/infer', { inputs }, 404],
      ['/v2/models/churn/versions/4/infer', { inputs }, 404],
      ['/v2/models/churn/infer', { inputs: [{ ...inputs[0], datatype: 'FLOAT' }] }, 400],
      ['/v2/models/churn/infer', { inputs: [{ ...inputs[0], shape: [1] }] }, 400],
      ['/v2/models/churn/infer', { inputs: inputs.slice(1) }, 400],
      ['/v2/models/churn/infer', { inputs, outputs: [{ name: 'x' }] }, 400],
      [
        '/v2/models/churn/infer',
        { inputs: inputs.map((tensor) => ({ ...tensor, data: ['a'], shape: [1] })) },
        400,
      ],
    ]
    for (const [path, body, status] of cases) {
      const answer = await post(url + path, body)
      expect([path, answer.status, Object.keys(answer.body)]).toEqual([path, status, ['error']])
    }
  })
})

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
    const stateFolder = join(state, 'windows-over-restarts')
    const { rows } = bundles.binary.sample
    const first = await start('binary', { stateFolder, windowSeconds: 0.2 })
    await post(`${first}/predict`, rows)
    await expect
      .poll(async () => (await lines(`${first}/monitoring/windows`)).length, { timeout: 5000 })
      .toBe(3)
    await post(`${first}/predict`, rows)
    await running.pop()?.stop()

    const second = await start('binary', { stateFolder })
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
    expect(entries[5]).toMatchObject({
      id: ids[5],
      prediction: predictions[5],
      probabilities: probabilities?.[5],
    })
    expect(entries.at(-1)).toMatchObject({
      type: 'feedback',
      id: ids[0],
      actual: 2,
      at: Date.parse('2026-01-02T03:04:05Z'),
    })
    expect(await lines(`${url}/monitoring/predictions?since=${rows.length}`)).toHaveLength(2)
  })

  it('accepts feedback once, reports ids it never issued, and refuses actuals that are no class', async () => {
    const url = await start()
    const { ids } = (await post(`${url}/predict`, bundles.binary.sample.rows)).body
    const unissued = ids[0].replace(/^./, (digit: string) => (digit === 'a' ? 'b' : 'a'))
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
    // Only counters may end so.
    const gauges = [...text.matchAll(/^# TYPE (\S+) gauge$/gm)].map((match) => match[1])
    expect(gauges.filter((name) => name?.endsWith('_total'))).toEqual([])
  })
})

describe('descriptions', () => {
  it('describes its own columns, with an example that works when pasted', async () => {
    const url = await start('regression')
    const document = await (await fetch(`${url}/openapi.json`)).json()
    expect(document.openapi).toBe('3.1.0')
    for (const path of ['/predict', '/invocations', '/v2/models/churn/infer']) {
      const { example } = document.paths[path].post.requestBody.content['application/json']
      expect([path, (await post(url + path, example)).status]).toEqual([path, 200])
    }
    expect(Object.keys(document.components.schemas.Row.properties)).toContain('payment')
  })

  it('serves signature, card, baseline and a page without assets from elsewhere', async () => {
    const url = await start()
    expect(await (await fetch(`${url}/signature`)).json()).toEqual(bundles.binary.sample.signature)
    expect(await (await fetch(`${url}/card`)).text()).toContain('# churn')
    expect(
      monitoredModelSchema.parse(await (await fetch(`${url}/monitoring/baseline`)).json()).model.version,
    ).toBe(3)
    const page = await (await fetch(`${url}/docs`)).text()
    expect(page).toContain('Month-to-month')
    expect(page).toContain('&quot;transfer&quot;')
    expect(page).not.toMatch(/<script|src=|href="http/)
  })

  it('answers an unknown path with 404 that says where to look', async () => {
    const url = await start()
    const answer = await fetch(`${url}/nothing`)
    expect(answer.status).toBe(404)
    expect((await answer.json()).error.message).toContain('/docs')
  })
})
