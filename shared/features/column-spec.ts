import { z } from 'zod'

/** What a train cell may ask for one column; everything left out is inferred from the data. */
export const columnSpecSchema = z.strictObject({
  type: z.enum(['numeric', 'categorical', 'boolean']).optional(),
  /** `none` leaves missing values to the model, which only boosted trees can take. */
  impute: z.enum(['mean', 'median', 'mostFrequent', 'constant', 'none']).optional(),
  /** The value for `impute: "constant"`. */
  fill: z.union([z.number(), z.string(), z.boolean()]).optional(),
  scale: z.enum(['standard', 'minmax', 'none']).optional(),
  /** `native` hands the category itself to boosted trees. */
  encode: z.enum(['onehot', 'ordinal', 'native']).optional(),
})
export type ColumnSpec = z.infer<typeof columnSpecSchema>

export const featuresSpecSchema = z.strictObject({
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
  columns: z.record(z.string(), columnSpecSchema).optional(),
})
export type FeaturesSpec = z.infer<typeof featuresSpecSchema>
