import type { Signature } from '../../shared/signature/signature.ts'
import { columnRows, type RequestRows, tableRows } from '../rows/request-rows.ts'
import type { Predicting } from './predicting.ts'
import { invalidPart, invalidRequest } from './refusal.ts'
import type { RouteParts } from './server.ts'

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function records(value: unknown, key: string): RequestRows {
  if (!Array.isArray(value)) throw invalidRequest(`"${key}" must be an array of rows.`)
  return { kind: 'records', rows: value.length, records: value }
}

/** Our own bodies: `{"data":[{…}]}`, a bare array of rows, or `{"columns":[…],"data":[[…]]}`. */
function ownRows(body: unknown, signature: Signature): RequestRows {
  if (Array.isArray(body)) return { kind: 'records', rows: body.length, records: body }
  if (!isRecord(body) || !('data' in body)) {
    throw invalidRequest(
      'The body must be {"data":[{…}]}, an array of rows, or {"columns":[…],"data":[[…]]}.',
    )
  }
  return 'columns' in body ? tableRows(body.columns, body.data, signature) : records(body.data, 'data')
}

const mlflowKeys = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const

/** MLflow's bodies: exactly one of four keys, and `params`, which this model has none of. */
function mlflowRows(body: unknown, signature: Signature): RequestRows {
  const given = isRecord(body) ? mlflowKeys.filter((key) => key in body) : []
  const [key] = given
  if (!isRecord(body) || key === undefined || given.length !== 1) {
    throw invalidRequest(
      `The body must have exactly one of ${mlflowKeys.join(', ')}; it has ${given.length}.`,
    )
  }
  const strange = Object.keys(body).find((name) => name !== key && name !== 'params')
  if (strange !== undefined) {
    throw invalidPart('The body has an unknown key.', strange, `no key but "${key}" and "params"`, 'one')
  }
  const value = body[key]
  switch (key) {
    case 'dataframe_split':
      if (!isRecord(value)) throw invalidRequest('"dataframe_split" must have "columns" and "data".')
      return tableRows(value.columns, value.data, signature)
    case 'dataframe_records':
      return records(value, key)
    case 'instances':
    case 'inputs':
      if (Array.isArray(value)) return records(value, key)
      if (!isRecord(value)) throw invalidRequest(`"${key}" must be rows or an object of columns.`)
      return columnRows(value, signature)
  }
}

/** `POST /predict` and MLflow's and SageMaker's `POST /invocations`. */
export function predictRoutes({ app, flights }: RouteParts, predicting: Predicting): void {
  app.route({
    method: 'POST',
    url: '/predict',
    config: { protocol: 'predict' },
    onRequest(request, reply, done) {
      flights.admit(request, reply)
      done()
    },
    handler: (request, reply) =>
      predicting.answer(request, reply, predicting.rows(request, ownRows), true, (parts, version) => {
        const probabilities = version.classifies ? `"probabilities":[${parts.keyed}],` : ''
        return `{"prediction":[${parts.prediction}],${probabilities}"ids":[${parts.ids}],"model":${version.modelText}}`
      }),
  })
  app.route({
    method: 'POST',
    url: '/invocations',
    config: { protocol: 'mlflow' },
    onRequest(request, reply, done) {
      flights.admit(request, reply)
      done()
    },
    handler: (request, reply) =>
      predicting.answer(
        request,
        reply,
        predicting.rows(request, mlflowRows),
        false,
        (parts) => `{"predictions":[${parts.prediction}]}`,
      ),
  })
}
