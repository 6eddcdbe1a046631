import { z } from 'zod'
import { namedValues } from '../decoding/named-values.ts'
import { constraintsSchema } from '../signature/constraints.ts'
import { timestampParts } from './calendar.ts'
import { imputations, scalings } from './pipeline.ts'

export const encodings = ['onehot', 'ordinal', 'hashing', 'frequency', 'target', 'native'] as const
export const columnTypes = ['numeric', 'categorical', 'ordinal', 'boolean', 'timestamp', 'text'] as const

const binCount = z.number().int().min(2).max(256)

/** What a train cell may ask for one column; everything left out is inferred from the data. */
export const columnSpecSchema = z.strictObject({
  type: z.enum(columnTypes).optional(),
  /** `none` leaves missing values to the model, which only boosted trees can take. */
  impute: z.enum(imputations).optional(),
  /** The value for `impute: "constant"`. */
  fill: z.union([z.number(), z.string(), z.boolean()]).optional(),
  /** One more input that says whether the value was missing. */
  missingIndicator: z.boolean().optional(),
  scale: z.enum(scalings).optional(),
  /** What `scale: "quantile"` maps to; default `uniform`. */
  distribution: z.enum(['uniform', 'normal']).optional(),
  /** `native` hands the category itself to boosted trees. */
  encode: z.enum(encodings).optional(),
  /** `onehot`: rarer categories share the input "other". From 1 on a number of rows, below a share of them. */
  minFrequency: z.number().positive().optional(),
  /** The categories of an `ordinal` column from least to greatest. */
  order: z.array(z.string()).min(2).optional(),
  /** Inputs that `hashing` or a text is spread over; default 64 and 256. */
  width: z.number().int().min(2).max(16_384).optional(),
  /** Parts of a timestamp. */
  parts: z
    .array(z.enum(timestampParts))
    .min(1)
    .refine((parts) => new Set(parts).size === parts.length, 'expected every part once')
    .optional(),
  /** Sine and cosine of the parts that come again; default true but for boosted trees. */
  cyclical: z.boolean().optional(),
  /** Cuts a number into bins. A count stands for quantile bins, one input each. */
  bins: z
    .union([
      binCount,
      z.strictObject({
        count: binCount,
        strategy: z.enum(['quantile', 'uniform']).optional(),
        encode: z.enum(['onehot', 'ordinal']).optional(),
      }),
    ])
    .optional(),
  /** What serving refuses, beyond the column's type. */
  constraints: constraintsSchema.optional(),
})
export type ColumnSpec = z.infer<typeof columnSpecSchema>

export const featuresSpecSchema = z.strictObject({
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
  columns: namedValues(columnSpecSchema).optional(),
  /** Pairs of columns whose inputs are multiplied: products of numbers, crossings of categories. */
  interactions: z.array(z.tuple([z.string(), z.string()])).optional(),
})
export type FeaturesSpec = z.infer<typeof featuresSpecSchema>
