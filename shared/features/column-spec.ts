import { z } from 'zod'

/** What a train cell may ask for one column; everything left out is inferred from the data. */
export const columnSpecSchema = z.strictObject({
  type: z.enum(['numeric', 'categorical', 'boolean']).optional(),
  impute: z.enum(['mean', 'median', 'constant']).optional(),
  /** The value for `impute: "constant"`. */
  fill: z.union([z.number(), z.string(), z.boolean()]).optional(),
  scale: z.enum(['standard', 'minmax', 'none']).optional(),
  encode: z.enum(['onehot', 'ordinal']).optional(),
})
export type ColumnSpec = z.infer<typeof columnSpecSchema>

export const featuresSpecSchema = z.strictObject({
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
  columns: z.record(z.string(), columnSpecSchema).optional(),
})
export type FeaturesSpec = z.infer<typeof featuresSpecSchema>
