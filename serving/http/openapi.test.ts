/** The description of a server is the server's: its routes, bodies, answers, errors and tokens. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start } = serversUnderTest()

interface Operation {
  requestBody?: { content: Record<string, { example?: unknown }> }
  responses: Record<string, { content?: Record<string, unknown> }>
  security?: Record<string, unknown>[]
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown>; securitySchemes?: Record<string, unknown> }
}
const describedBy = async (url: string, headers: Record<string, string> = {}): Promise<Document> =>
  (await fetch(`${url}/openapi.json`, { headers })).json()

/** Every route that a server adds while it starts, as `GET /path`. */
async function routesOf(begin: () => Promise<string>): Promise<{ url: string; routes: string[] }> {
  const routes: string[] = []
  const onServer = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (one !== 'HEAD') routes.push(`${one} ${url}`)
    })
  }
  subscribe('fastify.initialization', onServer)
  const url = await begin()
  unsubscribe('fastify.initialization', onServer)
  return { url, routes }
}

describe('the OpenAPI description', () => {
  it('has every route, and no other', async () => {
    const { url, routes } = await routesOf(() => start())
    const { paths } = await describedBy(url)
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const added = routes.map((route) => route.replace(':model', 'churn').replace(':version', '{version}'))
    expect(described.sort()).toEqual(added.sort())
  })

  it('refers to nothing that is not there', async () => {
    const document = await describedBy(await start())
    const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    )
    expect(new Set(names)).toEqual(new Set(Object.keys(document.components.schemas)))
  })

  it.each(['binary', 'multiclass', 'regression'] as const)(
    'has the answers and errors of every protocol of a %s model as they are',
    async (task) => {
      const url = await start(task)
      const document = await describedBy(url)
      const ajv = new Ajv2020({ strict: false, validateFormats: false })
      ajv.addSchema(document, 'description')
      const problems = (schema: string, value: unknown) => {
        const validate = ajv.compile({ $ref: `description#/components/schemas/${schema}` })
        return validate(value) ? null : [value, validate.errors]
      }
      const infer = '/v2/models/churn/versions/{version}/infer'
      const cases = [
        ['/predict', 'PredictRequest', 'PredictResponse', 'Error'],
        ['/invocations', 'MlflowRequest', 'MlflowResponse', 'MlflowError'],
        [infer, 'InferenceRequest', 'InferenceResponse', 'InferenceError'],
      ] as const
      for (const [path, request, response, error] of cases) {
        const example = document.paths[path]?.post?.requestBody?.content['application/json']?.example
        expect([path, problems(request, example)]).toEqual([path, null])
        const at = url + path.replace('{version}', '3')
        const answered = await post(at, example)
        expect([path, answered.status, problems(response, answered.body)]).toEqual([path, 200, null])
        const refused = await post(at, JSON.stringify(example).replaceAll('"data":[', '"data":[{},'))
        expect([path, refused.status, problems(error, refused.body)]).toEqual([path, 400, null])
        expect(problems(response, refused.body)).not.toBeNull()
      }
      const get = async (path: string) => (await fetch(url + path)).json()
      expect(problems('InferenceMetadata', await get('/v2/models/churn'))).toBeNull()
      expect(problems('Readiness', await get('/health'))).toBeNull()
      expect(problems('Roles', await get('/admin/model'))).toBeNull()
      const feedback = await post(`${url}/feedback`, { feedback: [] })
      expect(problems('FeedbackResponse', feedback.body)).toBeNull()
    },
  )

  it('says which bodies and answers may be tables', async () => {
    const { paths } = await describedBy(await start())
    const tables = ['text/csv', 'application/vnd.apache.arrow.stream', 'application/vnd.apache.arrow.file']
    for (const path of ['/predict', '/invocations']) {
      const { requestBody, responses } = paths[path]?.post ?? { responses: {} }
      expect(Object.keys(requestBody?.content ?? {})).toEqual(['application/json', ...tables])
      expect(Object.keys(responses['200']?.content ?? {})).toEqual(['application/json', ...tables])
    }
  })

  it('says which tokens are asked for, and by which routes', async () => {
    const token = { authorization: 'Bearer secret' }
    const url = await start('binary', { token: 'secret', adminToken: 'root' })
    const { paths, components } = await describedBy(url, token)
    expect(Object.keys(components.securitySchemes ?? {})).toEqual(['token', 'tokenHeader', 'adminToken'])
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { security, responses }] of Object.entries(methods)) {
        const asked = await fetch(url + path.replace('{version}', '3'), { method, redirect: 'manual' })
        const schemes = (security ?? []).flatMap(Object.keys)
        const expected = path.startsWith('/admin/') ? ['adminToken'] : ['token', 'tokenHeader']
        expect([path, method, schemes]).toEqual([path, method, asked.status === 401 ? expected : []])
        expect([path, '401' in responses]).toEqual([path, asked.status === 401])
        await asked.text()
      }
    }
    const open = await describedBy(await start())
    expect(open.components.securitySchemes).toBeUndefined()
    expect(open.paths['/predict']?.post).not.toHaveProperty('security')
    expect(open.paths['/admin/drain']?.post?.responses).toHaveProperty('403')
  })
})

describe('the page of a server', () => {
  it('shows a request that works when pasted, with the place of the token where one is asked for', async () => {
    const asking = await start('binary', { token: 'secret' })
    const page = await (await fetch(`${asking}/docs`, { headers: { authorization: 'Bearer secret' } })).text()
    expect(page).toContain('/predict -H &quot;authorization: Bearer $SLIPWAY_TOKEN&quot; -H')
    expect(page).not.toContain('secret')
    const open = await (await fetch(`${await start()}/docs`)).text()
    expect(open).not.toContain('authorization')
    expect(open).toContain('POST /admin/model')
    expect(open).toContain('GET /admin/model')
    expect(open).toContain(bundles.binary.sample.signature.inputs[0]?.name)
  })
})
