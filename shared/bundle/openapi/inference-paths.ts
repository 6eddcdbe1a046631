import { inferenceTypes } from '../../signature/inference-types.ts'
import type { DescribedModel } from './described-model.ts'
import {
  answer,
  get,
  type Json,
  type JsonObject,
  json,
  type Paths,
  ref,
  refusals,
  requestIdParameter,
  responseHeaders,
} from './document-parts.ts'

/** The Open Inference Protocol v2. */
export function inferencePaths({ name, version, signature }: DescribedModel, row: JsonObject): Paths {
  const inputs: Json[] = signature.inputs.map((column) => ({
    name: column.name,
    shape: [1],
    datatype: inferenceTypes[column.type],
    data: [row[column.name] ?? null],
  }))
  const absent = refusals('InferenceError', 404)
  const ofModel = (path: string, of: string, parameters: Json[]): Paths => ({
    [path]: get(`Input and output tensors ${of}`, ref('InferenceMetadata'), undefined, {
      responses: absent,
      parameters,
    }),
    [`${path}/ready`]: get(`Whether requests are taken ${of}`, ref('InferenceReady'), undefined, {
      responses: { ...absent, '503': { description: 'Not now', content: json(ref('InferenceReady')) } },
      parameters,
    }),
    [`${path}/infer`]: {
      post: {
        summary: `Score rows ${of} as Open Inference Protocol v2 clients send them; null stands for a missing value`,
        parameters: [requestIdParameter, ...parameters],
        requestBody: { required: true, content: json(ref('InferenceRequest'), { inputs }) },
        responses: {
          '200': {
            description: 'Output tensors',
            headers: responseHeaders,
            content: json(ref('InferenceResponse')),
          },
          ...refusals('InferenceError', 400, 404, 413, 415, 429, 503, 504),
        },
      },
    },
  })
  const versionParameter: Json = {
    name: 'version',
    in: 'path',
    required: true,
    schema: { type: 'string' },
    example: String(version),
    description: 'One of the versions that the metadata lists.',
  }
  return {
    '/v2': get('Name and version of the server, as the Open Inference Protocol v2 asks'),
    '/v2/health/live': get(
      'The process answers, as the Open Inference Protocol v2 says it',
      ref('ServerReady'),
    ),
    '/v2/health/ready': {
      get: {
        summary: 'Requests are taken, as the Open Inference Protocol v2 says it',
        responses: {
          ...answer('Requests are taken', ref('ServerReady')),
          '503': { description: 'Not now', content: json(ref('ServerReady')) },
        },
      },
    },
    ...ofModel(`/v2/models/${name}`, 'of the version that answers', []),
    ...ofModel(`/v2/models/${name}/versions/{version}`, 'of one version', [versionParameter]),
  }
}
