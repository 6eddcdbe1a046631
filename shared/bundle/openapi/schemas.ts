import type { Signature } from '../../signature/signature.ts'
import { type Json, type JsonObject, listOf, objectOf, ref, text } from './document-parts.ts'
import { administrationSchemas, inferenceSchemas, mlflowSchemas } from './protocol-schemas.ts'
import { rowSchema } from './row-schema.ts'

function jsonType(values: readonly unknown[]): Json {
  const types = [...new Set(values.map((value) => (typeof value === 'string' ? 'string' : typeof value)))]
  return types.length === 1 ? (types[0] ?? 'string') : types
}

/** Everything that the paths refer to, in the terms of one model's columns and classes. */
export function schemasOf(signature: Signature): JsonObject {
  const classes = signature.target.classes
  const prediction: Json = classes ? { type: jsonType(classes), enum: [...classes] } : { type: 'number' }
  const byClass = (classes ?? []).map((label): [string, Json] => [String(label), { type: 'number' }])
  const table = { columns: listOf(text), data: listOf({ type: 'array' }) }
  const field = {
    row: { type: ['integer', 'null'], description: 'Counted from 0; null for what concerns all rows.' },
    column: text,
    expected: text,
    found: text,
  }
  return {
    Row: rowSchema(signature),
    PredictRequest: {
      oneOf: [
        objectOf({ data: listOf(ref('Row')) }, ['data']),
        objectOf(table, ['columns', 'data']),
        listOf(ref('Row')),
      ],
    },
    PredictResponse: objectOf(
      {
        prediction: listOf(prediction),
        ...(classes ? { probabilities: listOf(objectOf(Object.fromEntries(byClass))) } : {}),
        ids: { ...listOf(text), description: 'Name these in /feedback once the outcome is known.' },
        model: objectOf({ name: text, version: { type: 'integer' } }),
      },
      ['prediction', 'ids', 'model'],
    ),
    Error: objectOf({
      error: objectOf(
        {
          code: text,
          message: text,
          fields: { ...listOf(objectOf(field)), description: 'Left out where errors are terse.' },
          requestId: text,
        },
        ['code', 'message', 'requestId'],
      ),
    }),
    FeedbackRequest: objectOf(
      {
        feedback: listOf(
          objectOf({ id: text, actual: prediction, at: { type: 'string', format: 'date-time' } }, [
            'id',
            'actual',
          ]),
        ),
      },
      ['feedback'],
    ),
    FeedbackResponse: objectOf(
      {
        accepted: { type: 'integer' },
        unknown: { ...listOf(text), description: 'Ids that were never given here.' },
      },
      ['accepted', 'unknown'],
    ),
    ...mlflowSchemas(prediction, table),
    ...inferenceSchemas,
    ...administrationSchemas,
  }
}
