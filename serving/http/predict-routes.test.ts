import { request as httpRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, keyed, start } = serversUnderTest()

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

  it('takes JSON that begins with a byte order mark, and tells of what is wrong behind it by its own place', async () => {
    const url = await start()
    const { rows, predictions } = bundles.binary.sample
    const marked = await post(`${url}/predict`, `\uFEFF${JSON.stringify({ data: rows })}`)
    expect(marked.body.prediction).toEqual(predictions)
    const broken = await post(`${url}/predict`, '\uFEFF{"data": [1,,]}')
    expect(broken.body.error.message).toBe('The body is not JSON: it breaks off at line 1, column 13.')
    for (const text of ['\uFEFF', '\uFEFF\uFEFF{}']) {
      expect((await post(`${url}/predict`, text)).status).toBe(400)
    }
  })

  it.each(['multiclass', 'regression'] as const)(
    'refuses a number with which a %s model cannot count, rather than answering null',
    async (task) => {
      const url = await start(task)
      const row = { ...bundles[task].sample.rows[0], tenure: 1.7e308 }
      const answer = await post(`${url}/predict`, [bundles[task].sample.rows[1], row])
      expect(answer.status).toBe(400)
      expect(answer.body.error.fields).toEqual([
        expect.objectContaining({ row: 1, column: 'tenure', found: '1.7e+308' }),
      ])
    },
  )

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

  it('refuses compressed bodies and content types that are none by what they say of themselves', async () => {
    const url = await start()
    const { rows } = bundles.binary.sample
    for (const path of ['/predict', '/feedback']) {
      const packed = await post(`${url}${path}`, 'x', { 'content-encoding': 'gzip' })
      expect([packed.status, packed.body.error]).toMatchObject([
        415,
        {
          code: 'unsupported_media_type',
          message:
            'The body has the content-encoding gzip, which is not taken; send it as it is, without one.',
        },
      ])
    }
    expect((await post(`${url}/predict`, rows, { 'content-encoding': 'identity' })).status).toBe(200)
    const odd = await post(`${url}/predict`, rows, { 'content-type': 'json' })
    expect([odd.status, odd.body.error.code]).toEqual([415, 'unsupported_media_type'])
    expect(odd.body.error.message).toMatch(/^The content-type is no media type; expected one such as /)
  })

  it('refuses bodies of other types with 415, and takes JSON under any', async () => {
    const url = await start()
    for (const type of ['application/x-parquet', 'application/xml']) {
      const answer = await post(`${url}/predict`, '<rows/>', { 'content-type': type })
      expect([answer.status, answer.body.error.code]).toEqual([415, 'unsupported_media_type'])
      expect(answer.body.error.message).toBe(
        `The body is of type ${type}; expected application/json, text/csv or application/vnd.apache.arrow.stream.`,
      )
    }
    const mlflow = await post(`${url}/invocations`, '<rows/>', { 'content-type': 'text/xml' })
    expect([mlflow.status, mlflow.body.error_code]).toEqual([415, 'BAD_REQUEST'])
    const { rows } = bundles.binary.sample
    const form = 'application/x-www-form-urlencoded'
    expect((await post(`${url}/predict`, rows, { 'content-type': form })).status).toBe(200)
    expect((await post(`${url}/predict`, '<rows/>', { 'content-type': form })).status).toBe(400)
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

  it('lets go of a request whose client went away', async () => {
    const url = await start('binary', { inflightRequests: 1 })
    const inflight = async (count: number) =>
      (await (await fetch(`${url}/metrics`)).text()).includes(`slipway_inflight_requests ${count}`)
    const outgoing = httpRequest(`${url}/predict`, { method: 'POST', headers: { 'content-length': 100 } })
    outgoing.on('error', () => {})
    outgoing.write('[')
    await expect.poll(() => inflight(1)).toBe(true)
    outgoing.destroy()
    await expect.poll(() => inflight(0)).toBe(true)
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
