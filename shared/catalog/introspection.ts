import { z } from 'zod'

/** The three results that OCI's model catalog knows. Unlike OCI's, these tests run the model. */
export const testStatuses = ['Passed', 'Failed', 'Not Tested'] as const

export const introspectionTestSchema = z.strictObject({
  name: z.string(),
  status: z.enum(testStatuses),
  /** What was found, with its figure: `20 recorded rows, largest difference 0`. */
  detail: z.string(),
})
export type IntrospectionTest = z.infer<typeof introspectionTestSchema>
