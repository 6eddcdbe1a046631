import { z } from 'zod'

/** One verification check of a bundle; `detail` carries its figure, such as `500 rows, largest difference 0`. */
export const checkSchema = z.strictObject({
  name: z.string(),
  status: z.enum(['passed', 'failed', 'not-tested']),
  detail: z.string(),
})
export type Check = z.infer<typeof checkSchema>

/** What `slipway verify` and the end of `slipway package` report. */
export const reportSchema = z.strictObject({
  ok: z.boolean(),
  path: z.string(),
  bytes: z.number().int(),
  checks: z.array(checkSchema),
})
export type Report = z.infer<typeof reportSchema>
