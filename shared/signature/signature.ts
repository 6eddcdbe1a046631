import { z } from 'zod'
import { constraintsSchema } from './constraints.ts'

/** A model's task, which fixes what `prediction` is: a class label or a number. */
export const taskSchema = z.enum(['binary', 'multiclass', 'regression'])
export type Task = z.infer<typeof taskSchema>

/** A class label keeps its original type from the training data to every response. */
export const labelSchema = z.union([z.string(), z.number(), z.boolean()])
export type Label = z.infer<typeof labelSchema>

export const signatureColumnSchema = z.strictObject({
  name: z.string(),
  /**
   * `numeric` values are JSON numbers, `categorical` and `text` strings, `boolean` true/false or 0/1,
   * `timestamp` ISO 8601 strings or milliseconds since 1970 UTC.
   */
  type: z.enum(['numeric', 'categorical', 'boolean', 'timestamp', 'text']),
  /** The DuckDB type of the training column, such as `INTEGER`; informative. */
  sourceType: z.string(),
  /** The key must be present in every row. */
  required: z.boolean(),
  /** `null` (or NaN) is accepted and imputed. */
  missing: z.boolean(),
  /** Numeric: whole numbers only in training. Serving still accepts fractions. */
  integer: z.boolean().optional(),
  /** Range seen in training, of a timestamp in milliseconds since 1970 UTC; values outside are scored and counted, not refused. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** Categorical: the values seen in training (at most 1,000, most frequent first); others are scored as unseen. */
  values: z.array(z.string()).optional(),
  /** Categorical: `values` are in their order, from least to greatest. */
  ordered: z.literal(true).optional(),
  /** What the user demands beyond that; rows that do not meet it are refused. */
  constraints: constraintsSchema.optional(),
})
export type SignatureColumn = z.infer<typeof signatureColumnSchema>

export const signatureSchema = z.strictObject({
  version: z.literal(1),
  task: taskSchema,
  inputs: z.array(signatureColumnSchema),
  target: z.strictObject({
    name: z.string(),
    sourceType: z.string(),
    /** Classification: labels in the order of the model's outputs. Binary: [negative, positive]. */
    classes: z.array(labelSchema).optional(),
  }),
})
export type Signature = z.infer<typeof signatureSchema>
