import { describe, expect, it } from 'vitest'
import { monitoredModelSchema } from '../../shared/drift/log-entry.ts'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start } = serversUnderTest()

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
