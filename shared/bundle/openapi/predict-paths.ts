import type { DescribedModel } from './described-model.ts'
import {
  answer,
  type Json,
  type JsonObject,
  json,
  type Paths,
  ref,
  refusals,
  requestIdParameter,
  responseHeaders,
  tables,
} from './document-parts.ts'

/** Our own prediction and feedback, and MLflow's, which is SageMaker's too. */
export function predictPaths({ signature }: DescribedModel, row: JsonObject): Paths {
  const names = Object.keys(row)
  const label: Json = signature.target.classes?.[0] ?? 0
  const predicted = (schema: string): JsonObject => ({
    '200': {
      description: 'One prediction a row, in the form that `Accept` asks for',
      headers: responseHeaders,
      content: { ...json(ref(schema)), ...tables },
    },
  })
  const refused = [400, 413, 415, 429, 503, 504]
  return {
    '/predict': {
      post: {
        summary: 'Score rows',
        parameters: [requestIdParameter],
        requestBody: {
          required: true,
          content: { ...json(ref('PredictRequest'), { data: [row] }), ...tables },
        },
        responses: { ...predicted('PredictResponse'), ...refusals('Error', ...refused) },
      },
    },
    '/feedback': {
      post: {
        summary: 'Tell what really happened',
        parameters: [requestIdParameter],
        requestBody: {
          required: true,
          content: json(ref('FeedbackRequest'), {
            feedback: [{ id: '<id of a prediction>', actual: label }],
          }),
        },
        responses: {
          ...answer('Kept on disk', ref('FeedbackResponse')),
          ...refusals('Error', 400, 413, 415, 429, 504, 507),
        },
      },
    },
    '/invocations': {
      post: {
        summary: 'Score rows as MLflow and SageMaker clients send them',
        parameters: [requestIdParameter],
        requestBody: {
          required: true,
          content: {
            ...json(ref('MlflowRequest'), {
              dataframe_split: { columns: names, data: [names.map((column) => row[column] ?? null)] },
            }),
            ...tables,
          },
        },
        responses: { ...predicted('MlflowResponse'), ...refusals('MlflowError', ...refused) },
      },
    },
  }
}
