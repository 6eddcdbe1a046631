import { z } from 'zod'
import { timestampParts } from './calendar.ts'

/** A fitted encoder writes consecutive model inputs, beginning at its offset. */
const column = {
  name: z.string(),
  /** One more input, the encoder's last: 1 where the value is missing, else 0. */
  indicator: z.literal(true).optional(),
}

export const imputations = ['mean', 'median', 'mostFrequent', 'constant', 'none'] as const
export const scalings = ['standard', 'minmax', 'robust', 'quantile', 'log1p', 'yeoJohnson', 'none'] as const

/** What a missing value becomes, in the column's own unit; null leaves it missing (NaN) to models that learn from it. */
const fill = z.number().nullable()

/** model input = (transformed − center) × factor */
const numericEncoder = z.strictObject({
  kind: z.literal('numeric'),
  ...column,
  impute: z.enum(imputations),
  fill,
  scale: z.enum(scalings),
  center: z.number(),
  factor: z.number(),
  /** `log1p`: the smallest value of training, which values that have no logarithm are taken for. */
  least: z.number().optional(),
  /** `yeoJohnson`: the power. */
  lambda: z.number().optional(),
  /** `quantile`: values at equal steps of the training data's distribution, and what they are mapped to. */
  quantiles: z.array(z.number()).min(2).optional(),
  distribution: z.enum(['uniform', 'normal']).optional(),
})

/** Bins [e0, e1), …, [eB−1, eB]; values beyond the ends fall into the first and last. One input a bin, or its index. */
const binsEncoder = z.strictObject({
  kind: z.literal('bins'),
  ...column,
  fill,
  edges: z.array(z.number()).min(2),
  output: z.enum(['onehot', 'ordinal']),
})

const categories = z.array(z.string())

/** The category a missing value becomes (`impute: "constant"`); it is one of `categories`. */
const fillCategory = z.string().optional()

/**
 * One input per category; then, when `otherInput`, one for every other value, seen or not; then, when `missingInput`,
 * one for a missing value. Without them an unseen and a missing value are all zeros.
 */
const onehotEncoder = z.strictObject({
  kind: z.literal('onehot'),
  name: z.string(),
  categories,
  /** Categories of the training data below the minimum frequency. */
  rare: categories.optional(),
  otherInput: z.boolean().optional(),
  missingInput: z.boolean(),
  fill: fillCategory,
})

/** The category's index; −1 for an unseen and −2 for a missing value, as scikit-learn users set it. */
const ordinalEncoder = z.strictObject({
  kind: z.literal('ordinal'),
  ...column,
  categories,
  fill: fillCategory,
})

/** The category's code as a number, NaN for an unseen or missing value: for models that split on categories themselves. */
const codesEncoder = z.strictObject({ kind: z.literal('codes'), ...column, categories })

/**
 * +1 or −1 at the input that the category's hash names (murmur3, as scikit-learn's FeatureHasher); zeros when missing.
 * `categories` are only those that monitoring counts by themselves.
 */
const hashingEncoder = z.strictObject({
  kind: z.literal('hashing'),
  ...column,
  width: z.number().int().positive(),
  categories,
})

/** The category's share of the training rows; 0 when unseen, `missing` when missing. */
const frequencyEncoder = z.strictObject({
  kind: z.literal('frequency'),
  ...column,
  categories,
  shares: z.array(z.number()),
  missing: z.number(),
})

/**
 * Means of the target per category, shrunk towards the overall mean; `unseen` is that mean.
 * One input for two classes and for a number, else one for each of `classes`.
 *
 * With S = categories + 1, `values` holds S rows of inputs, the last for a missing value. While training,
 * `folds` holds S more rows per fold, made without the fold's rows: a training row of fold f carries the code
 * c + S × (f + 1). `folds` is never stored, and such a code without it stands for c.
 */
const targetEncoder = z.strictObject({
  kind: z.literal('target'),
  ...column,
  categories,
  classes: z.array(z.string()).optional(),
  values: z.array(z.number()),
  unseen: z.array(z.number()).min(1),
  folds: z.array(z.number()).optional(),
})

const booleanEncoder = z.strictObject({ kind: z.literal('boolean'), ...column, fill })

/** One input per part of the moment in UTC; `cyclical`, a pair of sine and cosine where the part comes again. */
const timestampEncoder = z.strictObject({
  kind: z.literal('timestamp'),
  ...column,
  parts: z.array(z.enum(timestampParts)).min(1),
  cyclical: z.boolean(),
  /** Milliseconds since 1970 UTC. */
  fill,
})

/** Counts of hashed tokens, times `idf`, at length 1; zeros for a missing text and one without a word. */
const textEncoder = z.strictObject({
  kind: z.literal('text'),
  ...column,
  /** One weight an input. */
  idf: z.array(z.number()).min(1),
})

export const encoderSchema = z.discriminatedUnion('kind', [
  numericEncoder,
  binsEncoder,
  onehotEncoder,
  ordinalEncoder,
  codesEncoder,
  hashingEncoder,
  frequencyEncoder,
  targetEncoder,
  booleanEncoder,
  timestampEncoder,
  textEncoder,
])
export type Encoder = z.infer<typeof encoderSchema>
export type EncoderOf<Kind extends Encoder['kind']> = Extract<Encoder, { kind: Kind }>

/** The file `features.json`: fitted on the training split, applied in training, batch scoring and requests. */
export const pipelineSchema = z.strictObject({
  version: z.literal(1),
  columns: z.array(encoderSchema),
  /** Pairs of columns by index: every input of the one times every input of the other, after all columns' inputs. */
  interactions: z.array(z.tuple([z.number().int(), z.number().int()])).optional(),
  /** Number of model inputs. */
  width: z.number().int().positive(),
  /** Names of the model inputs, such as `contract=One year`. */
  inputs: z.array(z.string()),
})
export type Pipeline = z.infer<typeof pipelineSchema>
