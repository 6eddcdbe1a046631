import { z } from 'zod'
import { expected } from '../decoding/expected.ts'
import { namedValues } from '../decoding/named-values.ts'
import { featuresSpecSchema } from '../features/column-spec.ts'
import { modelSpecSchema } from '../models/model-spec.ts'
import { constraintsSchema } from '../signature/constraints.ts'
import { crossValidationSchema, searchSchema } from './search-spec.ts'
import { splitSchema } from './split-spec.ts'

export const modelNamePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** The JSON of a train cell. Every key has a default but `from` and `target`; an unknown key is an error that names it. */
export const trainSpecSchema = z.strictObject({
  from: z.string().min(1),
  target: z.string().min(1),
  /** Column of how much each row counts while fitting, at least 0; it is no feature. Default: all the same. */
  weight: z.string().min(1).optional(),
  task: z.enum(['auto', 'binary', 'multiclass', 'regression']).default('auto'),
  features: featuresSpecSchema.optional(),
  split: splitSchema.optional(),
  crossValidation: crossValidationSchema.optional(),
  search: searchSchema.optional(),
  /** Column with the time at which the target became known; features from after it are warned of. */
  targetTime: z.string().min(1).optional(),
  /** Default: `logistic` for classification, `linear` for regression. */
  model: z.preprocess((model) => (isEmpty(model) ? undefined : model), modelSpecSchema.optional()).optional(),
  /** Name in the catalog; default: the cell's name, else the target's. */
  register: z
    .string()
    .regex(modelNamePattern, { error: expected('a letter, then at most 63 letters, digits, _ or -') })
    .optional(),
  /** Upstream relation whose columns a request carries; default `from` itself. */
  servingInput: z.string().min(1).optional(),
  /** With SQL in between: what requests are held to, by the columns of `servingInput`. */
  inputConstraints: namedValues(constraintsSchema).optional(),
  /**
   * Expressions of the SQL between the two that take their value over the training rows for good, such as
   * `avg(charges) over ()`; `true` for all that can.
   */
  freeze: z
    .union([z.boolean(), z.array(z.string().min(1))], { error: expected('true or a list of expressions') })
    .optional(),
})
export type TrainSpec = z.infer<typeof trainSpecSchema>
