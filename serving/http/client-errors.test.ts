/** Errors of what reaches no route: they speak as those of routes do. */
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start } = serversUnderTest()

/** Sends bytes as they are and gives all that comes back until the server ends the connection. */
async function exchangeAll(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
  socket.on('error', () => {})
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

/** The same, where all of it is one answer. */
async function exchange(
  url: string,
  bytes: string,
): Promise<{ status: number; head: string; body: unknown }> {
  const text = await exchangeAll(url, bytes)
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body: JSON.parse(body) }
}

const own = (code: string, message: string) => ({
  error: { code, message: expect.stringContaining(message), requestId: expect.any(String) },
})

describe('a path that the router cannot read', () => {
  const long = 'm'.repeat(101)

  it('is refused in its protocol, under the id of its request', async () => {
    const url = await start()
    const cases = [
      ['/predict/%zz', 400, own('invalid_request', 'hexadecimal')],
      [
        '/invocations/%zz',
        400,
        { error_code: 'BAD_REQUEST', message: expect.stringContaining('hexadecimal') },
      ],
      ['/v2/models/%E0%A4%A', 400, { error: expect.stringContaining('hexadecimal') }],
      [`/v2/models/${long}`, 414, { error: expect.stringContaining('100 characters') }],
      [`/v2/models/churn/versions/${long}/infer`, 414, { error: expect.stringContaining('100 characters') }],
    ] as const
    for (const [path, status, body] of cases) {
      const answer = await post(url + path, {}, { 'x-request-id': 'mine' })
      expect([path, answer.status, answer.headers.get('x-request-id')]).toEqual([path, status, 'mine'])
      expect(answer.body).toEqual(body)
    }
    expect((await fetch(`${url}/predict/%zz`)).headers.get('x-request-id')).toMatch(/./)
  })

  it('is refused for the lack of a token first, as every other path', async () => {
    const url = await start('binary', { token: 'secret' })
    for (const path of ['/%zz', `/v2/models/${long}`]) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 401])
      const answer = await fetch(url + path, { headers: { authorization: 'Bearer secret' } })
      expect([path, answer.status]).toEqual([path, path === '/%zz' ? 400 : 414])
    }
  })

  it('counts for the rate of its client, as every other path', async () => {
    const url = await start('binary', { ratePerClient: 0.01 })
    expect((await fetch(`${url}/%zz`)).status).toBe(400)
    for (const path of ['/%zz', `/v2/models/${long}`, '/signature']) {
      const answer = await fetch(url + path)
      expect([path, answer.status]).toEqual([path, 429])
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(1)
    }
  })

  it('is told to the pages that may ask, and only asked ahead for without a token', async () => {
    const origin = 'https://shop.example'
    const url = await start('binary', { corsOrigins: [origin], token: 'secret' })
    const asked = (headers: Record<string, string>, method = 'GET') =>
      fetch(`${url}/%zz`, { method, headers: { origin, ...headers } })
    const bearer = { authorization: 'Bearer secret' }
    for (const [headers, status] of [
      [{}, 401],
      [bearer, 400],
    ] as const) {
      const answer = await asked(headers)
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, origin])
    }
    const stranger = await asked({ ...bearer, origin: 'https://evil.example' })
    expect([stranger.status, stranger.headers.get('access-control-allow-origin')]).toEqual([400, null])
    const ahead = await asked({ 'access-control-request-method': 'POST' }, 'OPTIONS')
    expect([ahead.status, ahead.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET, HEAD, POST',
    ])
  })
})

describe('bytes that make no request', () => {
  it('are refused with 400, 431 above the room for headers, and 408 when they do not come', async () => {
    const url = await start('binary', { headerSeconds: 0.5, requestSeconds: 1 })
    const padding = `x: ${'y'.repeat(20_000)}\r\n`
    const cases = [
      ['nonsense\r\n\r\n', 400, own('invalid_request', 'HPE_')],
      [`GET /health HTTP/1.1\r\n${padding}\r\n`, 431, own('too_large', '16 KB')],
      [`GET /v2 HTTP/1.1\r\n${padding}\r\n`, 431, { error: expect.stringContaining('16 KB') }],
      [
        `POST /invocations HTTP/1.1\r\n${padding}\r\n`,
        431,
        { error_code: 'BAD_REQUEST', message: expect.stringContaining('16 KB') },
      ],
      ['GET /health HTTP/1.1\r\nhost:', 408, own('timeout', 'headers have 0.5 s')],
    ] as const
    for (const [bytes, status, body] of cases) {
      const answer = await exchange(url, bytes)
      expect([bytes.slice(0, 30), answer.status]).toEqual([bytes.slice(0, 30), status])
      expect(answer.body).toEqual(body)
      expect(answer.head).toMatch(/^x-request-id: \S+$/m)
    }
    expect((await post(`${url}/predict`, bundles.binary.sample.rows)).status).toBe(200)
  })
  it('a body that does not come is missed under the id and in the protocol of its request', async () => {
    const url = await start('binary', { headerSeconds: 0.5, requestSeconds: 0.1 })
    const request = (path: string) =>
      `POST ${path} HTTP/1.1\r\nhost: a\r\nx-request-id: mine\r\ncontent-length: 10\r\n\r\n{`
    const [own, inference] = await Promise.all([
      exchange(url, request('/admin/model')),
      exchange(url, request('/v2/nothing')),
    ])
    expect([own.status, own.body]).toMatchObject([408, { error: { code: 'timeout', requestId: 'mine' } }])
    expect(own.head).toMatch(/^x-request-id: mine$/m)
    expect(inference.status).toBe(408)
    expect(inference.body).toEqual({ error: expect.stringContaining('did not arrive in time') })
  })

  it('what comes too late behind a request that was answered is another, without its id', async () => {
    const url = await start('binary', { headerSeconds: 0.5 })
    const answered = 'GET /health HTTP/1.1\r\nhost: a\r\nx-request-id: mine\r\n\r\n'
    const text = await exchangeAll(url, `${answered}GET /health HTTP/1.1\r\nhost:`)
    const ids = [...text.matchAll(/^x-request-id: (\S+)/gm)].map(([, id]) => id)
    expect(ids).toEqual(['mine', expect.not.stringMatching(/^mine$/)])
    expect(text).toContain('HTTP/1.1 408')
  })
})
