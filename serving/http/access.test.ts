/** Who may ask, how often, over what, and what of a request is kept. */
import { readFile } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { lines, post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start } = serversUnderTest()
const [certificate, key] = ['certificate.pem', 'key.pem'].map((name) =>
  join(import.meta.dirname, '..', 'testing', 'tls', name),
) as [string, string]

const secure = (url: URL, body: string, ca: Buffer) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const outgoing = httpsRequest({
      host: url.hostname,
      port: url.port,
      path: '/predict',
      method: 'POST',
      ca,
    })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      let text = ''
      response.on('data', (bytes) => {
        text += bytes
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    outgoing.end(body)
  })

describe('TLS', () => {
  it('serves HTTPS with the certificate given, and nothing in clear text', async () => {
    const url = new URL(await start('binary', { tls: { certificate, key } }))
    const { rows, predictions } = bundles.binary.sample
    const { status, text } = await secure(url, JSON.stringify(rows), await readFile(certificate))
    expect([status, JSON.parse(text).prediction]).toEqual([200, predictions])
    await expect(fetch(url)).rejects.toThrow()
  })

  it('names the file that cannot be read', async () => {
    await expect(start('binary', { tls: { certificate, key: `${key}.none` } })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('key.pem.none cannot be read'),
    })
  })
})

describe('pages of other origins', () => {
  const shop = 'https://shop.example'
  const asked = (url: string, origin: string, method = 'GET', headers: Record<string, string> = {}) =>
    fetch(`${url}/signature`, { method, headers: { origin, ...headers } })
  const preflight = { 'access-control-request-method': 'POST' }

  it('may read answers where they are named, and others may not', async () => {
    const url = await start('binary', { corsOrigins: [shop] })
    const allowed = await asked(url, shop)
    expect(allowed.headers.get('access-control-allow-origin')).toBe(shop)
    expect(allowed.headers.get('vary')).toBe('Origin')
    expect(allowed.headers.get('access-control-expose-headers')).toContain('x-request-id')
    expect((await asked(url, 'https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    const ahead = await asked(url, shop, 'OPTIONS', preflight)
    expect(ahead.status).toBe(204)
    expect(ahead.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST')
    expect(ahead.headers.get('access-control-allow-headers')).toContain('content-type')
    const refused = await asked(url, 'https://evil.example', 'OPTIONS', preflight)
    expect(refused.headers.get('access-control-allow-methods')).toBeNull()
  })

  it('may all read with *, ask ahead without the token, and read nothing by default', async () => {
    const open = await start('binary', { corsOrigins: ['*'], token: 'secret' })
    expect((await asked(open, shop, 'OPTIONS', preflight)).status).toBe(204)
    const unknown = await asked(open, shop)
    expect([unknown.status, unknown.headers.get('access-control-allow-origin')]).toEqual([401, '*'])
    const closed = await start()
    expect((await asked(closed, shop)).headers.get('access-control-allow-origin')).toBeNull()
  })
})

it('takes the token from a header of its own, for clients whose signature stands in the usual one', async () => {
  const url = await start('binary', { token: 'secret' })
  const asked = async (headers: Record<string, string>) => (await fetch(`${url}/version`, { headers })).status
  const signature = 'Signature version="1"'
  expect(await asked({ authorization: signature })).toBe(401)
  expect(await asked({ authorization: signature, 'x-slipway-token': 'secret' })).toBe(200)
  expect(await asked({ authorization: signature, 'x-slipway-token': 'Secret' })).toBe(401)
  expect(await asked({ authorization: 'Bearer secret', 'x-slipway-token': '' })).toBe(200)
})

it('takes the scheme of a token in any case, and the token in its own', async () => {
  const url = await start('binary', { token: 'secret', adminToken: 'root' })
  const asked = async (path: string, authorization: string) =>
    (await fetch(url + path, { headers: { authorization } })).status
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bearer ']) {
    expect([scheme, await asked('/version', `${scheme} secret`)]).toEqual([scheme, 200])
    expect([scheme, await asked('/admin/model', `${scheme} root`)]).toEqual([scheme, 200])
  }
  for (const wrong of ['bearer Secret', 'bearersecret', 'basic secret', 'secret', 'bearer']) {
    expect([wrong, await asked('/version', wrong)]).toEqual([wrong, 401])
  }
})

it('refuses a client above its rate with 429 and Retry-After in each protocol, and health never', async () => {
  const url = await start('binary', { ratePerClient: 0.01 })
  const { rows } = bundles.binary.sample
  expect((await post(`${url}/predict`, rows)).status).toBe(200)
  const own = await post(`${url}/predict`, rows)
  expect([own.status, own.body.error.code]).toEqual([429, 'too_many_requests'])
  const wait = Number(own.headers.get('retry-after'))
  expect(wait).toBeGreaterThan(1)
  expect(wait).toBeLessThanOrEqual(100)
  const mlflow = await post(`${url}/invocations`, { instances: rows })
  expect([mlflow.status, mlflow.body.error_code]).toEqual([429, 'REQUEST_LIMIT_EXCEEDED'])
  const inference = await post(`${url}/v2/models/churn/infer`, { inputs: [] })
  expect([inference.status, inference.body.error]).toEqual([429, expect.stringContaining('0.01 requests')])
  for (const path of ['/health', '/health/live', '/health/ready', '/ping', '/v2/health/ready']) {
    expect([path, (await fetch(url + path)).status]).toEqual([path, 200])
  }
})

describe('what is kept of a request', () => {
  const kept = async (settings: Parameters<typeof start>[1]) => {
    const log: Record<string, unknown>[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        log.push(JSON.parse(String(chunk)))
        done()
      },
    })
    const url = await start('binary', settings, pino({ level: 'info', base: null }, stream))
    return { url, requests: () => log.filter((line) => line.msg === 'request'), log }
  }
  const { rows } = { rows: () => bundles.binary.sample.rows }

  it('never shows a redacted column, in errors of any protocol, the log or the logged predictions', async () => {
    const columns = ['tenure', 'contract']
    const { url, log } = await kept({ loggedColumns: columns, redactedColumns: ['contract'], logSample: 1 })
    const secret = 'Month-to-month of Jane Doe'
    const row = { ...rows()[0], contract: { was: secret } }
    const own = await post(`${url}/predict`, [row])
    expect(own.body.error.fields).toEqual([
      { row: 0, column: 'contract', expected: expect.any(String), found: 'a value that is not shown' },
    ])
    const answers = await Promise.all([
      post(`${url}/predict`, [row]),
      post(`${url}/invocations`, { instances: [row] }),
      post(`${url}/v2/models/churn/infer`, {
        inputs: Object.entries(row).map(([name, value]) => ({
          name,
          shape: [1],
          datatype: name === 'tenure' ? 'FP64' : 'BYTES',
          data: [value],
        })),
      }),
      post(`${url}/predict`, [{ ...rows()[0], contract: secret }]),
    ])
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 200])
    const logged = (await lines(`${url}/monitoring/predictions`)) as { columns?: object }[]
    expect(logged.flatMap(({ columns: values }) => values ?? [])).toEqual([{ tenure: rows()[0]?.tenure }])
    expect(log.find((line) => line.status === 200)).toMatchObject({
      firstRow: { tenure: rows()[0]?.tenure, contract: '[redacted]' },
    })
    expect(JSON.stringify([answers.map(({ body }) => body), logged, log])).not.toContain('Jane Doe')
  })

  it('is nothing in the log by default, and a line for each request where all are asked for', async () => {
    const silent = await kept({})
    await post(`${silent.url}/predict`, rows())
    expect(silent.requests()).toEqual([])
    const { url, requests } = await kept({ logSample: 1 })
    await post(`${url}/predict?x=1`, rows(), { 'x-request-id': 'mine' })
    await post(`${url}/predict`, 'no json')
    await fetch(`${url}/health`)
    expect(requests()).toMatchObject([
      {
        requestId: 'mine',
        method: 'POST',
        path: '/predict',
        status: 200,
        rows: rows().length,
        version: 3,
        client: '127.0.0.1',
      },
      { path: '/predict', status: 400 },
    ])
    expect(requests()[0]).not.toHaveProperty('firstRow')
  })

  it('is the values of the columns that are asked for with each logged prediction', async () => {
    const { url } = await kept({ loggedColumns: ['tenure', 'payment'] })
    const { body } = await post(`${url}/predict`, rows())
    const logged = (await lines(`${url}/monitoring/predictions`)) as { id?: string; columns?: object }[]
    expect(logged.flatMap(({ id, columns }) => (id ? [{ id, columns }] : []))).toEqual(
      rows().map(({ tenure, payment }, row) => ({ id: body.ids[row], columns: { tenure, payment } })),
    )
  })
})

describe('methods', () => {
  it('that a path does not take are refused with those that it takes', async () => {
    const url = await start()
    const cases = [
      ['GET', '/predict', 'OPTIONS, POST'],
      ['DELETE', '/invocations', 'OPTIONS, POST'],
      ['POST', '/metrics', 'GET, HEAD, OPTIONS'],
      ['PUT', '/v2/models/churn/infer', 'OPTIONS, POST'],
      ['PATCH', '/admin/model', 'GET, HEAD, OPTIONS, POST'],
    ] as const
    for (const [method, path, allow] of cases) {
      const answer = await fetch(url + path, { method })
      expect([method, path, answer.status, answer.headers.get('allow')]).toEqual([method, path, 405, allow])
      const options = await fetch(url + path, { method: 'OPTIONS' })
      expect([path, options.status, options.headers.get('allow')]).toEqual([path, 204, allow])
    }
    expect((await fetch(`${url}/none`, { method: 'OPTIONS' })).status).toBe(404)
    const mlflow = await fetch(`${url}/invocations`)
    expect(await mlflow.json()).toEqual({ error_code: 'BAD_REQUEST', message: expect.any(String) })
    const inference = await fetch(`${url}/v2/models/churn/infer`)
    expect(await inference.json()).toEqual({ error: expect.stringContaining('takes OPTIONS, POST') })
  })

  it('HEAD answers as GET does, without a body', async () => {
    const url = await start()
    for (const path of ['/health/ready', '/ping', '/metrics', '/signature', '/v2/models/churn']) {
      const head = await fetch(url + path, { method: 'HEAD' })
      const get = await fetch(url + path)
      expect([path, head.status, await head.text()]).toEqual([path, get.status, ''])
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
      await get.text()
    }
  })
})
