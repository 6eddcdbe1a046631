import { inferenceTypes } from '../signature/inference-types.ts'
import { describeConstraints } from '../signature/limits.ts'
import type { Signature, SignatureColumn } from '../signature/signature.ts'

export interface DescribedModel {
  name: string
  version: number
  signature: Signature
  /** A recorded row, used as the example. */
  example: Readonly<Record<string, string | number | boolean | null>>
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

function columnSchema(column: SignatureColumn): { [key: string]: Json } {
  const type = column.type === 'numeric' ? 'number' : column.type === 'boolean' ? 'boolean' : 'string'
  const notes: string[] = []
  if (column.min !== undefined && column.max !== undefined) {
    const shown = column.type === 'timestamp' ? isoText : String
    notes.push(
      `Training values lay from ${shown(column.min)} to ${shown(column.max)}; others are scored and counted.`,
    )
  }
  const demanded = describeConstraints(column)
  if (demanded !== null) notes.push(`Refused unless it is ${demanded}.`)
  if (column.values && column.values.length > 0) {
    notes.push('Values not seen in training are scored as unseen.')
  }
  return {
    type: column.missing ? [type, 'null'] : type,
    ...(column.type === 'timestamp' ? { format: 'date-time' } : {}),
    ...constraintSchema(column),
    ...(notes.length > 0 ? { description: notes.join(' ') } : {}),
    ...(column.values && column.values.length > 0 ? { examples: column.values.slice(0, 10) } : {}),
  }
}

function isoText(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** The user's constraints in JSON Schema's own words, as far as it has them. */
function constraintSchema({ type, missing, constraints = {} }: SignatureColumn): { [key: string]: Json } {
  const { min, max, integer, values, pattern } = constraints
  const isNumber = type === 'numeric'
  return {
    ...(isNumber && typeof min === 'number' ? { minimum: min } : {}),
    ...(isNumber && typeof max === 'number' ? { maximum: max } : {}),
    ...(isNumber && integer ? { multipleOf: 1 } : {}),
    ...(values ? { enum: missing ? [...values, null] : values } : {}),
    ...(pattern === undefined ? {} : { pattern: `^(?:${pattern})$` }),
  }
}

const json = (schema: Json, example?: Json): { [key: string]: Json } => ({
  'application/json': example === undefined ? { schema } : { schema, example },
})

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

function jsonType(values: readonly unknown[]): Json {
  const types = [...new Set(values.map((value) => (typeof value === 'string' ? 'string' : typeof value)))]
  return types.length === 1 ? (types[0] ?? 'string') : types
}

function schemasOf(signature: Signature): { [key: string]: Json } {
  const classes = signature.target.classes
  const prediction: Json = classes ? { type: jsonType(classes), enum: [...classes] } : { type: 'number' }
  const probabilities: { [key: string]: Json } = classes
    ? {
        probabilities: {
          type: 'array',
          items: {
            type: 'object',
            properties: Object.fromEntries(classes.map((label) => [String(label), { type: 'number' }])),
          },
        },
      }
    : {}
  return {
    Row: {
      type: 'object',
      required: signature.inputs.filter((column) => column.required).map((column) => column.name),
      properties: Object.fromEntries(signature.inputs.map((column) => [column.name, columnSchema(column)])),
    },
    PredictRequest: {
      oneOf: [
        { type: 'object', required: ['data'], properties: { data: { type: 'array', items: ref('Row') } } },
        {
          type: 'object',
          required: ['columns', 'data'],
          properties: {
            columns: { type: 'array', items: { type: 'string' } },
            data: { type: 'array', items: { type: 'array' } },
          },
        },
        { type: 'array', items: ref('Row') },
      ],
    },
    PredictResponse: {
      type: 'object',
      required: ['prediction', 'ids', 'model'],
      properties: {
        prediction: { type: 'array', items: prediction },
        ...probabilities,
        ids: {
          type: 'array',
          items: { type: 'string' },
          description: 'Name these in /feedback once the outcome is known.',
        },
        model: {
          type: 'object',
          properties: { name: { type: 'string' }, version: { type: 'integer' } },
        },
      },
    },
    Error: {
      type: 'object',
      properties: {
        error: {
          type: 'object',
          properties: {
            code: { type: 'string' },
            message: { type: 'string' },
            fields: { type: 'array', items: { type: 'object' } },
            requestId: { type: 'string' },
          },
        },
      },
    },
    FeedbackRequest: {
      type: 'object',
      required: ['feedback'],
      properties: {
        feedback: {
          type: 'array',
          items: {
            type: 'object',
            required: ['id', 'actual'],
            properties: {
              id: { type: 'string' },
              actual: prediction,
              at: { type: 'string', format: 'date-time' },
            },
          },
        },
      },
    },
  }
}

/** CSV with a header line and Arrow IPC, both as a body and as an answer. */
const tables: { [key: string]: Json } = {
  'text/csv': { schema: { type: 'string' } },
  'application/vnd.apache.arrow.stream': { schema: { type: 'string', format: 'binary' } },
  'application/vnd.apache.arrow.file': { schema: { type: 'string', format: 'binary' } },
}

const text: Json = { type: 'string' }

const requestHeaders: Json = [
  {
    name: 'x-request-id',
    in: 'header',
    schema: text,
    description: 'Echoed, named in logs, and what a canary is chosen by; made when it is absent.',
  },
]

const responseHeaders: Json = {
  'x-request-id': { schema: text },
  'x-model-version': { schema: text, description: 'The version that answered.' },
}

/** The OpenAPI 3.1 description of one model's own API, with its column names and an example that works when pasted. */
export function openApiDocument(model: DescribedModel): { [key: string]: Json } {
  const { signature, example, name, version } = model
  const names = signature.inputs.map((column) => column.name)
  const row: { [key: string]: Json } = Object.fromEntries(
    names.map((column) => [column, example[column] ?? null]),
  )
  const tensors: Json[] = signature.inputs.map((column) => ({
    name: column.name,
    shape: [1],
    datatype: inferenceTypes[column.type],
    data: [row[column.name] ?? null],
  }))
  const label: Json = signature.target.classes?.[0] ?? 0
  const error = (description: string): Json => ({ description, content: json(ref('Error')) })
  const predictErrors = {
    '400': error('The rows do not fit the signature; `fields` says which values.'),
    '413': error('The body or the number of rows is over the limit.'),
    '429': error('Too many requests at once, or of one client; wait as `Retry-After` says.'),
    '503': error('The server is stopping, or too many rows wait; try again as `Retry-After` says.'),
    '504': error('The request took too long.'),
  }
  const get = (summary: string, type = 'application/json'): Json => ({
    get: { summary, responses: { '200': { description: summary, content: { [type]: {} } } } },
  })
  return {
    openapi: '3.1.0',
    info: {
      title: name,
      version: String(version),
      description: `Predictions of ${signature.target.name} (${signature.task}).`,
    },
    paths: {
      '/predict': {
        post: {
          summary: 'Score rows',
          requestBody: {
            required: true,
            content: {
              ...json(ref('PredictRequest'), { data: [row] }),
              ...tables,
            },
          },
          parameters: requestHeaders,
          responses: {
            '200': {
              description: 'One prediction a row, in the form that `Accept` asks for',
              headers: responseHeaders,
              content: { ...json(ref('PredictResponse')), ...tables },
            },
            ...predictErrors,
          },
        },
      },
      '/feedback': {
        post: {
          summary: 'Tell what really happened',
          requestBody: {
            required: true,
            content: json(ref('FeedbackRequest'), {
              feedback: [{ id: '<id of a prediction>', actual: label }],
            }),
          },
          responses: { '200': { description: 'Kept on disk', content: json({ type: 'object' }) } },
        },
      },
      '/invocations': {
        post: {
          summary: 'Score rows as MLflow and SageMaker clients send them',
          requestBody: {
            required: true,
            content: json(
              { type: 'object' },
              { dataframe_split: { columns: names, data: [names.map((column) => row[column] ?? null)] } },
            ),
          },
          responses: { '200': { description: 'One prediction a row', content: json({ type: 'object' }) } },
        },
      },
      [`/v2/models/${name}/infer`]: {
        post: {
          summary:
            'Score rows as Open Inference Protocol v2 clients send them; null stands for a missing value',
          requestBody: { required: true, content: json({ type: 'object' }, { inputs: tensors }) },
          responses: { '200': { description: 'Output tensors', content: json({ type: 'object' }) } },
        },
      },
      [`/v2/models/${name}`]: get('Input and output tensors'),
      '/admin/model': {
        get: { summary: 'Which versions serve, and as what', responses: { '200': { description: 'Roles' } } },
        post: {
          summary: 'Swap to another version, or begin and end a shadow or canary; for administrators',
          requestBody: { required: true, content: json({ type: 'object' }, { bundle: '<folder>' }) },
          responses: {
            '200': { description: 'The roles now' },
            '409': error('Changed files, or a signature that differs; nothing was changed.'),
          },
        },
      },
      '/admin/processes': get(
        'Processes of this server: state, restarts, CPU, memory and event-loop delay; for administrators',
      ),
      '/admin/drain': {
        post: {
          summary: 'Finish what is in flight and refuse new work; for administrators',
          responses: { '200': { description: 'Draining' } },
        },
      },
      '/health/live': get('The process answers'),
      '/health/ready': get('Requests are taken'),
      '/metrics': get('Prometheus metrics', 'text/plain'),
      '/monitoring/windows': get('Monitoring windows after the cursor `since`', 'application/x-ndjson'),
      '/monitoring/predictions': get(
        'Logged predictions and feedback after the cursor `since`',
        'application/x-ndjson',
      ),
      '/monitoring/baseline': get(
        'Signature and baseline that windows are read against: of the active version, or of the one that `version`, `model` and `layout` name',
      ),
      '/signature': get('The signature'),
      '/card': get('The model card', 'text/markdown'),
    },
    components: { schemas: schemasOf(signature) },
  }
}
