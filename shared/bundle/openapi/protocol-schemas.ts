import { inferenceDatatypes } from '../../signature/inference-types.ts'
import { type Json, type JsonObject, listOf, objectOf, ref, text } from './document-parts.ts'

/** MLflow's bodies: exactly one of four keys. @param table the properties of columns and data */
export function mlflowSchemas(prediction: Json, table: JsonObject): JsonObject {
  const rows = listOf(ref('Row'))
  const rowsOrColumns: Json = { oneOf: [rows, { type: 'object', additionalProperties: { type: 'array' } }] }
  const keyed = (key: string, schema: Json): Json =>
    objectOf({ [key]: schema, params: { type: 'object', description: 'Taken, and without effect.' } }, [key])
  return {
    MlflowRequest: {
      oneOf: [
        keyed('dataframe_split', objectOf(table, ['columns', 'data'])),
        keyed('dataframe_records', rows),
        keyed('instances', rowsOrColumns),
        keyed('inputs', rowsOrColumns),
      ],
    },
    MlflowResponse: objectOf({ predictions: listOf(prediction) }, ['predictions']),
    MlflowError: objectOf({ error_code: text, message: text }, ['error_code', 'message']),
  }
}

const boolean: Json = { type: 'boolean' }
const datatype: Json = { type: 'string', enum: [...inferenceDatatypes] }
const shape: Json = { ...listOf({ type: 'integer' }), description: '-1 stands for the number of rows.' }
const tensor = objectOf(
  {
    name: text,
    shape: listOf({ type: 'integer', minimum: 0 }),
    datatype,
    data: { type: 'array', description: 'Nested or flat, row by row; null is a missing value.' },
  },
  ['name', 'shape', 'datatype', 'data'],
)

/** The bodies of the Open Inference Protocol v2. */
export const inferenceSchemas: JsonObject = {
  InferenceRequest: objectOf(
    {
      id: text,
      inputs: {
        ...listOf(tensor),
        description: 'One tensor a column, or one of all columns in the signature’s order.',
      },
      outputs: listOf(objectOf({ name: text }, ['name'])),
    },
    ['inputs'],
  ),
  InferenceResponse: objectOf({ model_name: text, model_version: text, id: text, outputs: listOf(tensor) }, [
    'model_name',
    'model_version',
    'outputs',
  ]),
  InferenceError: objectOf({ error: text }, ['error']),
  InferenceMetadata: objectOf({
    name: text,
    versions: listOf(text),
    platform: text,
    inputs: listOf(objectOf({ name: text, datatype, shape })),
    outputs: listOf(objectOf({ name: text, datatype, shape })),
  }),
  InferenceReady: objectOf({ name: text, ready: boolean }),
  ServerReady: objectOf({ live: boolean, ready: boolean }),
}

const served = { name: text, version: { type: 'integer' }, folder: text }
const fraction: Json = { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }
const orNull = (schema: Json): Json => ({ oneOf: [schema, { type: 'null' }] })

/** Health and the roles of versions. */
export const administrationSchemas: JsonObject = {
  Readiness: objectOf({ ready: boolean, reasons: listOf(text) }, ['ready', 'reasons']),
  Roles: objectOf({
    active: objectOf(served),
    shadow: orNull(objectOf(served)),
    canary: orNull(objectOf({ ...served, fraction })),
  }),
  RoleChange: {
    ...objectOf({
      bundle: { type: 'string', description: 'The folder of the bundle that answers from now on.' },
      shadow: orNull(text),
      canary: orNull(objectOf({ bundle: text, fraction }, ['bundle', 'fraction'])),
    }),
    description: 'What is to change; a role that is not named stays, null ends it.',
  },
}
