import { z } from 'zod'
import { namedValues } from '../decoding/named-values.ts'
import { labelSchema, signatureSchema } from '../signature/signature.ts'
import { baselineSchema } from './baseline.ts'

const model = z.strictObject({ name: z.string(), version: z.number().int() })

/** One row's prediction as the deployment logged it, one NDJSON line of `/monitoring/predictions`. */
export const loggedPredictionSchema = z.strictObject({
  type: z.literal('prediction'),
  /** Grows with every entry, predictions and feedback together; `since=<cursor>` asks for later ones. */
  cursor: z.number().int().min(1),
  /** The id the response carried for this row; feedback names it. */
  id: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number().int(),
  model,
  /** The class label in its original type, or the number. */
  prediction: labelSchema,
  /** Classification: a probability per class, in the signature's order of classes. */
  probabilities: z.array(z.number()).optional(),
  /** Values of the input columns that the deployment was told to log. */
  columns: namedValues(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
})
export type LoggedPrediction = z.infer<typeof loggedPredictionSchema>

/** What turned out to be true, as `/feedback` accepted it, on the same cursor as the predictions. */
export const loggedFeedbackSchema = z.strictObject({
  type: z.literal('feedback'),
  cursor: z.number().int().min(1),
  id: z.string(),
  at: z.number().int(),
  actual: labelSchema,
})
export type LoggedFeedback = z.infer<typeof loggedFeedbackSchema>

export const logEntrySchema = z.discriminatedUnion('type', [loggedPredictionSchema, loggedFeedbackSchema])
export type LogEntry = z.infer<typeof logEntrySchema>

/** The last NDJSON line of `/monitoring/predictions`. */
export const logTailSchema = z.strictObject({ next: z.number().int().min(0) })

/** The answer of `/monitoring/baseline`: all that the counts of this endpoint are read against. */
export const monitoredModelSchema = z.strictObject({
  model,
  signature: signatureSchema,
  baseline: baselineSchema,
})
export type MonitoredModel = z.infer<typeof monitoredModelSchema>
