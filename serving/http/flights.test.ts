/** How many requests there are at once, how long one may take, and an end to new ones. */
import { request as httpRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start } = serversUnderTest()

/** A request whose body never ends. */
function unending(url: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: 'POST', headers: { 'content-length': 100 } })
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
}
const metrics = async (url: string) => (await fetch(`${url}/metrics`)).text()

it.each(['/predict', '/feedback'])(
  'above the in-flight limit answers 429 with Retry-After, and 504 to a body of %s that never ends',
  async (path) => {
    const url = await start('binary', { inflightRequests: 1, requestSeconds: 3 })
    // The first look at the metrics loads what they are written with.
    await metrics(url)
    const slow = unending(url + path)
    await expect.poll(() => metrics(url)).toContain('slipway_inflight_requests 1')
    for (const refusing of ['/predict', '/feedback']) {
      const refused = await post(url + refusing, bundles.binary.sample.rows)
      expect([refusing, refused.status, refused.headers.get('retry-after')]).toEqual([refusing, 429, '1'])
    }
    const late = await slow
    expect(late.status).toBe(504)
    expect(late.text).toContain('"timeout"')
    const { status, body } = await post(`${url}/predict`, bundles.binary.sample.rows)
    expect(status).toBe(200)
    const feedback = await post(`${url}/feedback`, { feedback: [{ id: body.ids[0], actual: 'Yes' }] })
    expect([feedback.status, feedback.body]).toEqual([200, { accepted: 1, unknown: [] }])
    const text = await metrics(url)
    expect(text).toContain('slipway_inflight_requests 0')
    // Feedback is no prediction, whatever became of it.
    const late504 =
      'slipway_predict_responses_total{status_code="504",status_family="5XX",result="failure"} 1'
    expect(text.includes(late504)).toBe(path === '/predict')
    expect(text).toContain(
      `slipway_predict_requests_total{model="churn",version="3",protocol="predict"} ${path === '/predict' ? 3 : 2}`,
    )
  },
)

describe('POST /admin/drain', () => {
  it('refuses new rows in every protocol and in readiness, finishes those in flight, and takes feedback', async () => {
    const url = await start('binary', {
      batching: { fromMicroseconds: 0, rows: 1000, waitMs: 1500, queuedRows: 1000 },
    })
    const { rows, predictions } = bundles.binary.sample
    await metrics(url)
    const before = post(`${url}/predict`, rows)
    await expect.poll(() => metrics(url)).toContain('slipway_inflight_requests 1')
    const drained = await post(`${url}/admin/drain`, '')
    expect([drained.status, drained.body]).toEqual([200, { draining: true }])

    const own = await post(`${url}/predict`, rows)
    expect([own.status, own.body.error.code]).toEqual([503, 'draining'])
    expect(own.headers.get('retry-after')).toBe('1')
    const mlflow = await post(`${url}/invocations`, { instances: rows })
    expect([mlflow.status, mlflow.body.error_code]).toEqual([503, 'TEMPORARILY_UNAVAILABLE'])
    expect((await post(`${url}/v2/models/churn/infer`, { inputs: [] })).status).toBe(503)
    for (const path of ['/health', '/health/ready', '/ping', '/v2/health/ready', '/v2/models/churn/ready']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 503])
    }
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ ready: false, reasons: ['drained'] })
    expect((await fetch(`${url}/health/live`)).status).toBe(200)

    const answer = await before
    expect([answer.status, answer.body.prediction]).toEqual([200, predictions])
    const feedback = await post(`${url}/feedback`, { feedback: [{ id: answer.body.ids[0], actual: 'Yes' }] })
    expect(feedback.body).toEqual({ accepted: 1, unknown: [] })
  })
})
