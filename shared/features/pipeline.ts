import { z } from 'zod'

/** A fitted encoder writes `width` consecutive model inputs, beginning at its offset. */
const numericEncoder = z.strictObject({
  kind: z.literal('numeric'),
  name: z.string(),
  impute: z.enum(['mean', 'median', 'mostFrequent', 'constant', 'none']),
  /** What a missing value becomes, in the column's own unit; null leaves it missing (NaN) to models that learn from it. */
  fill: z.number().nullable(),
  scale: z.enum(['standard', 'minmax', 'none']),
  /** model input = (value − center) × factor */
  center: z.number(),
  factor: z.number(),
})

const categories = z.array(z.string())

/** The category a missing value becomes (`impute: "constant"`); it is one of `categories`. */
const fillCategory = z.string().optional()

/** One input per category; a missing value gets the last input when `missingInput`, an unseen one all zeros. */
const onehotEncoder = z.strictObject({
  kind: z.literal('onehot'),
  name: z.string(),
  categories,
  missingInput: z.boolean(),
  fill: fillCategory,
})

/** The category's index; −1 for an unseen and −2 for a missing value, as scikit-learn users set it. */
const ordinalEncoder = z.strictObject({
  kind: z.literal('ordinal'),
  name: z.string(),
  categories,
  fill: fillCategory,
})

/** The category's code as a number, NaN for an unseen or missing value: for models that split on categories themselves. */
const codesEncoder = z.strictObject({
  kind: z.literal('codes'),
  name: z.string(),
  categories,
})

const booleanEncoder = z.strictObject({
  kind: z.literal('boolean'),
  name: z.string(),
  /** 0, 1 or between; null leaves a missing value missing (NaN). */
  fill: z.number().nullable(),
})

export const encoderSchema = z.discriminatedUnion('kind', [
  numericEncoder,
  onehotEncoder,
  ordinalEncoder,
  codesEncoder,
  booleanEncoder,
])
export type Encoder = z.infer<typeof encoderSchema>

/** The file `features.json`: fitted on the training split, applied in training, batch scoring and requests. */
export const pipelineSchema = z.strictObject({
  version: z.literal(1),
  columns: z.array(encoderSchema),
  /** Number of model inputs. */
  width: z.number().int().positive(),
  /** Names of the model inputs, such as `contract=One year`. */
  inputs: z.array(z.string()),
})
export type Pipeline = z.infer<typeof pipelineSchema>
