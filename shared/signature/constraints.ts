import { z } from 'zod'
import { expected } from '../decoding/expected.ts'

function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'u')
    return true
  } catch {
    return false
  }
}

/** What a user demands of a column's values beyond its type. Serving refuses a row that does not meet it. */
export const constraintsSchema = z.strictObject({
  /** Numbers; of a timestamp an ISO 8601 text. Both ends are allowed values. */
  min: z.union([z.number(), z.string()]).optional(),
  max: z.union([z.number(), z.string()]).optional(),
  /** Categories and texts: the only ones allowed. */
  values: z.array(z.string()).min(1).optional(),
  /** Categories and texts: a JavaScript regular expression that the whole value must match. */
  pattern: z
    .string()
    .refine(isPattern, { error: expected('a regular expression') })
    .optional(),
  /** Whether the key must be in every row, whatever the training data had. */
  required: z.boolean().optional(),
  /** Whether `null` is accepted, also where the training data had none; `false` refuses it there too. */
  missing: z.boolean().optional(),
  /** Numbers: whole ones only. */
  integer: z.boolean().optional(),
})
export type Constraints = z.infer<typeof constraintsSchema>
