import type { FastifyRequest } from 'fastify'
import type { Signature } from '../../shared/signature/signature.ts'
import { tensorRows } from '../rows/tensors.ts'
import type { Predicting } from './predicting.ts'
import { invalidRequest, Refusal } from './refusal.ts'
import type { RouteParts } from './server.ts'

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function predictionType(signature: Signature): string {
  const classes = signature.target.classes
  if (!classes) return 'FP64'
  if (classes.every((label) => typeof label === 'boolean')) return 'BOOL'
  if (classes.every((label) => typeof label === 'number')) {
    return classes.every((label) => Number.isInteger(label)) ? 'INT64' : 'FP64'
  }
  return 'BYTES'
}

const inputTypes = { numeric: 'FP64', categorical: 'BYTES', boolean: 'BOOL' } as const

function wantedOutputs(outputs: unknown, known: readonly string[]): readonly string[] {
  if (outputs === undefined) return known
  if (!Array.isArray(outputs)) throw invalidRequest('"outputs" must be an array of {"name":…}.')
  return outputs.map((output: unknown) => {
    const name = isRecord(output) ? output.name : undefined
    if (typeof name === 'string' && known.includes(name)) return name
    throw invalidRequest(`There is no output ${JSON.stringify(name)}; the model has ${known.join(', ')}.`)
  })
}

/** The Open Inference Protocol v2, as KServe, Triton and MLServer clients speak it. Its null, ours, is a missing value. */
export function inferenceRoutes(parts: RouteParts, predicting: Predicting): void {
  const { app, flights, model, slipwayVersion } = parts
  const { signature, name, version } = model
  const classes = signature.target.classes ?? []
  const outputType = predictionType(signature)
  const known = signature.task === 'regression' ? ['prediction'] : ['prediction', 'probabilities']
  const metadata = {
    name,
    versions: [String(version)],
    platform: 'slipway',
    inputs: signature.inputs.map((column) => ({
      name: column.name,
      datatype: inputTypes[column.type],
      shape: [-1],
    })),
    outputs: known.map((output) =>
      output === 'prediction'
        ? { name: output, datatype: outputType, shape: [-1] }
        : { name: output, datatype: 'FP64', shape: [-1, classes.length] },
    ),
  }

  const assertModel = (request: FastifyRequest) => {
    const { params } = request
    const asked = isRecord(params) ? params : {}
    if (asked.model !== name || (asked.version !== undefined && asked.version !== String(version))) {
      const wanted = asked.version === undefined ? asked.model : `${asked.model} version ${asked.version}`
      throw new Refusal(
        404,
        'not_found',
        `There is no model ${String(wanted)} here; this is ${name} version ${version}.`,
      )
    }
  }

  app.get('/v2', () => ({ name: 'slipway', version: slipwayVersion, extensions: [] }))
  for (const path of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
    app.get(path, (request) => {
      assertModel(request)
      return metadata
    })
    app.get(`${path}/ready`, (request, reply) => {
      assertModel(request)
      const ready = !flights.draining
      return reply.code(ready ? 200 : 503).send({ name, ready })
    })
    app.route({
      method: 'POST',
      url: `${path}/infer`,
      config: { protocol: 'inference' },
      onRequest(request, reply, done) {
        flights.admit(request, reply)
        done()
      },
      handler(request, reply) {
        assertModel(request)
        const body = predicting.json(request)
        if (!isRecord(body)) throw invalidRequest('The body must be {"inputs":[…]}.')
        const { id } = body
        if (id !== undefined && typeof id !== 'string') throw invalidRequest('"id" must be a string.')
        const wanted = wantedOutputs(body.outputs, known)
        const rows = tensorRows(body.inputs, signature)
        const { parts: answer } = predicting.score(request, rows, false)
        const outputs = wanted.map((output) =>
          output === 'prediction'
            ? `{"name":"prediction","shape":[${rows.rows}],"datatype":"${outputType}","data":[${answer.prediction}]}`
            : `{"name":"probabilities","shape":[${rows.rows},${classes.length}],"datatype":"FP64","data":[${answer.flat}]}`,
        )
        const idText = id === undefined ? '' : `"id":${JSON.stringify(id)},`
        return predicting.send(
          request,
          reply,
          `{"model_name":${JSON.stringify(name)},"model_version":"${version}",${idText}"outputs":[${outputs.join(',')}]}`,
        )
      },
    })
  }
}
