import {
  answer,
  get,
  type Json,
  json,
  type Paths,
  queryParameter,
  ref,
  refusals,
  text,
} from './document-parts.ts'

const ndjson = 'application/x-ndjson'

const readiness = (summary: string): Paths[string] =>
  get(summary, ref('Readiness'), undefined, {
    responses: { '503': { description: 'Not now, with reasons', content: json(ref('Readiness')) } },
  })

/** Probes, and what the model and the server are. */
export const descriptionPaths: Paths = {
  '/': {
    get: { summary: 'Leads to /docs', responses: { '302': { description: 'Leads to /docs' } } },
  },
  '/docs': get('This page', text, 'text/html'),
  '/openapi.json': get('This description for machines'),
  '/signature': get('The signature'),
  '/card': get('The model card', text, 'text/markdown'),
  '/version': get('The version of Slipway that serves', text, 'text/plain'),
  '/health': readiness('Requests are taken'),
  '/health/live': get('The process answers'),
  '/health/ready': readiness('Requests are taken'),
  '/ping': {
    get: {
      summary: 'Requests are taken, as MLflow and SageMaker ask',
      responses: {
        '200': { description: 'Requests are taken; a line end as body' },
        '503': { description: 'Not now' },
      },
    },
  },
}

const since: Json = queryParameter('since', 'The cursor of an earlier answer; 0, or nothing, for all.')

/** What monitoring pulls. */
export const monitoringPaths: Paths = {
  '/metrics': get('Prometheus metrics', text, 'text/plain'),
  '/monitoring/windows': get('Monitoring windows after the cursor `since`', text, ndjson, {
    responses: refusals('Error', 400),
    parameters: [since],
  }),
  '/monitoring/predictions': get('Logged predictions and feedback after the cursor `since`', text, ndjson, {
    responses: refusals('Error', 400),
    parameters: [since],
  }),
  '/monitoring/baseline': get(
    'Signature and baseline that windows are read against: of the active version, or of the one that `version`, `model` and `layout` name',
    undefined,
    undefined,
    {
      responses: refusals('Error', 400, 404),
      parameters: [
        queryParameter('model', 'Name of the model.'),
        queryParameter('version', 'Number of the version.'),
        queryParameter('layout', 'Hash of the baseline’s bins, as a window names it.'),
      ],
    },
  ),
}

/** For administrators alone. */
export const adminPaths: Paths = {
  '/admin/model': {
    get: {
      summary: 'Which versions serve, and as what; for administrators',
      responses: answer('Roles', ref('Roles')),
    },
    post: {
      summary: 'Swap to another version, or begin and end a shadow or canary; for administrators',
      requestBody: { required: true, content: json(ref('RoleChange'), { bundle: '<folder>' }) },
      responses: { ...answer('The roles now', ref('Roles')), ...refusals('Error', 400, 409) },
    },
  },
  '/admin/workers': {
    post: {
      summary: 'Change how many processes share the port, without dropping a request; for administrators',
      requestBody: {
        required: true,
        content: json(
          { type: 'object', required: ['workers'], properties: { workers: { type: 'integer', minimum: 1 } } },
          { workers: 2 },
        ),
      },
      responses: {
        ...answer('So many take requests now', {
          type: 'object',
          properties: { workers: { type: 'integer' } },
        }),
        ...refusals('Error', 400, 409),
      },
    },
  },
  '/admin/processes': get(
    'Processes of this server: state, restarts, CPU, memory and event-loop delay; for administrators',
  ),
  '/admin/drain': {
    post: {
      summary: 'Finish what is in flight and refuse new rows; for administrators',
      responses: answer('Draining', { type: 'object', properties: { draining: { type: 'boolean' } } }),
    },
  },
}
