import { describe, expect, it } from 'vitest'
import { inferenceTypes } from '../../shared/signature/inference-types.ts'
import type { Task } from '../../shared/signature/signature.ts'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start } = serversUnderTest()

describe('Open Inference Protocol', () => {
  const tensors = (task: Task) => {
    const { rows, signature } = bundles[task].sample
    return signature.inputs.map(({ name, type }) => ({
      name,
      shape: [rows.length],
      datatype: inferenceTypes[type],
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

  it('takes a version by its name alone', async () => {
    const url = await start()
    for (const [version, status] of [
      ['3', 200],
      ['0x3', 404],
      ['03', 404],
      ['3.0', 404],
      ['3e0', 404],
      ['%203', 404],
      ['4', 404],
    ] as const) {
      const path = `${url}/v2/models/churn/versions/${version}`
      expect([version, (await fetch(path)).status]).toEqual([version, status])
      expect([version, (await fetch(`${path}/ready`)).status]).toEqual([version, status])
      const answer = await post(`${path}/infer`, { inputs: tensors('binary') })
      expect([version, answer.status]).toEqual([version, status])
    }
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
