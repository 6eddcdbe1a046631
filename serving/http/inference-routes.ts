import type { FastifyRequest } from 'fastify'
import { inferenceTypes } from '../../shared/signature/inference-types.ts'
import { describeFound } from '../../shared/signature/read-value.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { tensorRows } from '../rows/tensors.ts'
import type { ServedVersion } from '../versions/served-version.ts'
import type { Predicting } from './predicting.ts'
import { invalidPart, invalidRequest, Refusal } from './refusal.ts'
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

function wantedOutputs(outputs: unknown, known: readonly string[]): readonly string[] {
  if (outputs === undefined) return known
  if (!Array.isArray(outputs)) throw invalidRequest('"outputs" must be an array of {"name":…}.')
  return outputs.map((output: unknown) => {
    const name = isRecord(output) ? output.name : undefined
    if (typeof name === 'string' && known.includes(name)) return name
    throw invalidPart('The model has no such output.', 'outputs', known.join(' or '), describeFound(name))
  })
}

/** What the protocol says of one version, made once. */
interface Description {
  metadata: { platform: string; inputs: unknown[]; outputs: unknown[] }
  outputs: readonly string[]
  outputType: string
  classes: number
}

function describe({ model }: ServedVersion): Description {
  const { signature } = model
  const classes = signature.target.classes?.length ?? 0
  const outputType = predictionType(signature)
  const outputs = signature.task === 'regression' ? ['prediction'] : ['prediction', 'probabilities']
  return {
    classes,
    outputs,
    outputType,
    metadata: {
      platform: 'slipway',
      inputs: signature.inputs.map((column) => ({
        name: column.name,
        datatype: inferenceTypes[column.type],
        shape: [-1],
      })),
      outputs: outputs.map((output) =>
        output === 'prediction'
          ? { name: output, datatype: outputType, shape: [-1] }
          : { name: output, datatype: 'FP64', shape: [-1, classes] },
      ),
    },
  }
}

/** The Open Inference Protocol v2, as KServe, Triton and MLServer clients speak it. Its null, ours, is a missing value. */
export function inferenceRoutes(parts: RouteParts, predicting: Predicting): void {
  const { app, flights, versions, slipwayVersion } = parts
  const descriptions = new WeakMap<ServedVersion, Description>()
  const descriptionOf = (version: ServedVersion): Description => {
    const known = descriptions.get(version) ?? describe(version)
    descriptions.set(version, known)
    return known
  }

  /** The version that the path names; the one chosen for the request where it names none. */
  const assertModel = (request: FastifyRequest, chosen: ServedVersion): ServedVersion => {
    const { params } = request
    const asked = isRecord(params) ? params : {}
    const { name, version } = chosen.model
    const found = asked.version === undefined ? chosen : versions.answering(Number(asked.version))
    // `0x3`, `03` and `3.0` are numbers too, but no version's name.
    const named = asked.version === undefined || asked.version === found?.versionText
    if (asked.model === name && found !== null && named) return found
    const wanted = asked.version === undefined ? asked.model : `${asked.model} version ${asked.version}`
    const message = `There is no model ${String(wanted)} here; this is ${name} version ${version}.`
    throw new Refusal(404, 'not_found', message)
  }

  app.get('/v2', () => ({ name: 'slipway', version: slipwayVersion, extensions: [] }))
  for (const path of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
    app.get(path, (request) => {
      const asked = assertModel(request, versions.active)
      const { active, canary } = versions.describe()
      const answering = new Set([active, ...(canary ? [canary] : [])].map(({ version }) => String(version)))
      return { name: active.name, versions: [...answering], ...descriptionOf(asked).metadata }
    })
    app.get(`${path}/ready`, (request, reply) => {
      const { name } = assertModel(request, versions.active).model
      const ready = !flights.draining && !flights.stopping
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
        const { flight } = request
        const first = assertModel(request, flight?.version ?? versions.active)
        const body = predicting.json(request)
        if (!isRecord(body)) throw invalidRequest('The body must be {"inputs":[…]}.')
        const { id } = body
        if (id !== undefined && typeof id !== 'string') throw invalidRequest('"id" must be a string.')
        // An id of the protocol's own decides, since it stays the same when the request is repeated.
        const chosen = id === undefined ? first : assertModel(request, versions.choose(id))
        if (flight) flight.version = chosen
        const { outputs: known, outputType, classes } = descriptionOf(chosen)
        const wanted = wantedOutputs(body.outputs, known)
        const rows = tensorRows(body.inputs, chosen.model.signature)
        return predicting.answer(request, reply, rows, false, (answer, { model }) => {
          const outputs = wanted.map((output) =>
            output === 'prediction'
              ? `{"name":"prediction","shape":[${rows.rows}],"datatype":"${outputType}","data":[${answer.prediction}]}`
              : `{"name":"probabilities","shape":[${rows.rows},${classes}],"datatype":"FP64","data":[${answer.flat}]}`,
          )
          const idText = id === undefined ? '' : `"id":${JSON.stringify(id)},`
          return `{"model_name":${JSON.stringify(model.name)},"model_version":"${model.version}",${idText}"outputs":[${outputs.join(',')}]}`
        })
      },
    })
  }
}
