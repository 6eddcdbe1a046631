/** What an error shows of the request that it refuses. */
import { describe, expect, it } from 'vitest'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start } = serversUnderTest()
const secret = 'SECRET-123'
/** Deeper than a stack of calls. */
const deep = '['.repeat(200_000) + ']'.repeat(200_000)

const tensors = (tenure: unknown) =>
  bundles.binary.sample.signature.inputs.map(({ name, type }) => ({
    name,
    shape: [1],
    datatype: type === 'numeric' ? 'FP64' : type === 'boolean' ? 'BOOL' : 'BYTES',
    data: [name === 'tenure' ? tenure : (bundles.binary.sample.rows[0]?.[name] ?? null)],
  }))
const names = () => bundles.binary.sample.signature.inputs.map(({ name }) => name)

/** Bodies that hold the secret where a value of `tenure` stands, or next to it. */
function leaking(): { path: string; body: unknown; type?: string }[] {
  const row = { ...bundles.binary.sample.rows[0], tenure: secret }
  const broken = JSON.stringify([row]).replace(`"${secret}"`, secret)
  const matrix = { name: 'input-0', shape: [1, names().length], datatype: 'FP64' }
  const cells = names().map((name) => (name === 'tenure' ? secret : 1))
  const infer = '/v2/models/churn/infer'
  return [
    { path: '/predict', body: [row] },
    { path: '/predict', body: broken },
    { path: '/predict', body: [secret] },
    { path: '/predict', body: `${secret},${secret}\n1,2`, type: 'text/csv' },
    { path: '/invocations', body: { instances: [row] } },
    { path: '/invocations', body: `{"instances":${broken}}` },
    { path: '/invocations', body: { dataframe_split: { columns: names(), data: [secret] } } },
    { path: '/invocations', body: { inputs: { ...bundles.binary.sample.rows[0], tenure: secret } } },
    { path: infer, body: { inputs: tensors(secret) } },
    { path: infer, body: { inputs: [{ ...matrix, data: cells }] } },
    { path: infer, body: `{"inputs":${broken}}` },
    { path: '/feedback', body: `{"feedback":[{"id":${secret}}]}` },
  ]
}

describe('an error', () => {
  it.each([
    ['terse', { terseErrors: true }],
    ['of a redacted column', { redactedColumns: ['tenure'] }],
  ])('that is %s shows no value of the request, over every protocol', async (_kind, settings) => {
    const url = await start('binary', settings)
    for (const { path, body, type = 'application/json' } of leaking()) {
      const answer = await post(url + path, body, { 'content-type': type })
      expect([path, answer.status]).toEqual([path, 400])
      expect(JSON.stringify(answer.body)).not.toContain('SECRET')
    }
  })

  it('names the place where a body stops being JSON', async () => {
    const url = await start()
    const answer = await post(`${url}/predict`, '[{"tenure": SECRET-123}]')
    expect(answer.body.error.message).toBe('The body is not JSON: it breaks off at line 1, column 13.')
  })

  it('names row and column of a tensor’s value that is of another datatype, also in a tensor of all columns', async () => {
    const infer = `${await start()}/v2/models/churn/infer`
    const one = await post(infer, { inputs: tensors('abc') })
    expect(one.body.error).toBe(
      'A value is not of its input\'s datatype. First: row 0, column "tenure": expected a value of FP64, found the string "abc".',
    )
    const width = names().length
    const data = [names().map(() => 1), names().map((name) => (name === 'tenure' ? 'abc' : 1))]
    const matrix = await post(infer, {
      inputs: [{ name: 'input-0', shape: [2, width], datatype: 'FP64', data }],
    })
    expect(matrix.body.error).toContain('row 1, column "tenure": expected a value of FP64')
  })

  it('is short, however long what it shows is', async () => {
    const url = await start()
    const long = 'x'.repeat(3_000_000)
    const row = bundles.binary.sample.rows[0]
    const named = { name: long, shape: [1], datatype: 'FP64', data: [1] }
    const many = { name: 'tenure', shape: new Array(500_000).fill(1), datatype: 'FP64', data: [1, 2] }
    for (const [path, body] of [
      ['/predict', [{ ...row, tenure: long }]],
      ['/predict', { columns: [...names(), long, long], data: [] }],
      ['/invocations', { instances: [row], [long]: 1 }],
      ['/invocations', { inputs: { ...Object.fromEntries(names().map((name) => [name, []])), [long]: 1 } }],
      ['/v2/models/churn/infer', { inputs: tensors(long) }],
      ['/v2/models/churn/infer', { inputs: [{ ...named, datatype: long }] }],
      ['/v2/models/churn/infer', { inputs: [named, named] }],
      ['/v2/models/churn/infer', { inputs: [many] }],
      ['/v2/models/churn/infer', { inputs: tensors(1), outputs: [{ name: long }] }],
      ['/feedback', { feedback: [{ id: 1, actual: long, at: long }] }],
    ] as const) {
      const answer = await post(url + path, body)
      expect([path, answer.status]).toEqual([path, 400])
      expect(JSON.stringify(answer.body).length).toBeLessThan(2_000)
    }
  })

  it('is the caller’s for names that objects inherit and for values deeper than a stack', async () => {
    const url = await start()
    const row = JSON.stringify(bundles.binary.sample.rows[0])
    const inputs = JSON.stringify(tensors(1))
    for (const name of ['__proto__', 'constructor', 'valueOf', 'toString', 'hasOwnProperty']) {
      const odd = tensors(1).map((tensor) => ({ ...tensor, datatype: name }))
      const answer = await post(`${url}/v2/models/churn/infer`, { inputs: odd })
      expect([name, answer.status]).toEqual([name, 400])
      const twice = [...tensors(1), { name, shape: [1], datatype: 'FP64', data: [1] }]
      expect((await post(`${url}/v2/models/churn/infer`, { inputs: twice })).status).toBe(200)
    }
    for (const [path, body] of [
      ['/predict', `[${row.replace(/"tenure":[^,]*/, `"tenure":${deep}`)}]`],
      ['/v2/models/churn/infer', `{"inputs":${inputs.replace(/"data":\[[^\]]*\]/, `"data":${deep}`)}}`],
      [
        '/v2/models/churn/versions/3/infer',
        `{"inputs":${inputs.replace(/"datatype":"\w*"/, `"datatype":${deep}`)}}`,
      ],
      ['/v2/models/churn/infer', `{"inputs":${inputs},"outputs":[{"name":${deep}}]}`],
      ['/feedback', `{"feedback":[{"id":${deep},"actual":"Yes"}]}`],
    ] as const) {
      expect([path, (await post(url + path, body)).status]).toEqual([path, 400])
    }
  })
})
