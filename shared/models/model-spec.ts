import { z } from 'zod'
import { expected } from '../decoding/expected.ts'
import { found } from '../decoding/found.ts'
import { classWeightsSchema, linearSpecSchema, logisticSpecSchema, mlpSpecSchema } from './dense-spec.ts'

/** Boosted trees; defaults are XGBoost's but for `trees` (300) and `learningRate` (0.1). */
const boosting = {
  trees: z.number().int().min(1).max(10_000).optional(),
  learningRate: z.number().positive().max(1).optional(),
  /** Splits from the root to a leaf. */
  maxDepth: z.number().int().min(1).max(16).optional(),
  /** Set, trees grow by the leaf that gains most, up to so many. */
  maxLeaves: z.number().int().min(2).max(4096).optional(),
  minChildWeight: z.number().min(0).optional(),
  l1: z.number().min(0).optional(),
  l2: z.number().min(0).optional(),
  /** Least loss reduction of a split. */
  gamma: z.number().min(0).optional(),
  /** Share of the rows drawn for each round. */
  subsample: z.number().positive().max(1).optional(),
  /** Share of the inputs drawn for each tree. */
  colsample: z.number().positive().max(1).optional(),
  /** Columns that predictions may only rise (1) or fall (−1) with. */
  monotone: z
    .record(
      z.string(),
      z.union([z.literal(1), z.literal(-1)], { error: expected('1 (rises) or -1 (falls)') }),
    )
    .optional(),
  /** Columns of fewer categories are split one category against the rest, others set against set. */
  maxCatToOnehot: z.number().int().min(1).max(256).optional(),
  maxBins: z.number().int().min(3).max(256).optional(),
  /** Rounds without a better validation loss before training stops; 0 never stops early. */
  patience: z.number().int().min(0).max(10_000).optional(),
  /** What a regression minimises; classes always minimise the log loss. */
  objective: z.enum(['squared', 'absolute', 'poisson', 'quantile']).optional(),
  /** Of the objective `quantile`. */
  quantile: z.number().gt(0).lt(1).optional(),
  classWeights: classWeightsSchema.optional(),
}

/** A model that a TypeScript cell made and registered: what it is lies in its `model.json`. */
export const tfjsSpecSchema = z.strictObject({
  kind: z.literal('tfjs'),
  /** Class names of its layers, in their order. */
  layers: z.array(z.string()),
  parameters: z.number().int(),
})

/** Those that a train cell trains. */
const kinds = ['linear', 'logistic', 'mlp', 'gbdt'] as const

function explainKind(input: unknown): string {
  const kind = typeof input === 'object' && input !== null && 'kind' in input ? input.kind : undefined
  const keys = typeof input === 'object' && input !== null ? Object.keys(input).slice(0, 20) : []
  const beside = keys.length > 0 ? ` beside ${keys.map((key) => found(key)).join(', ')}` : ''
  const given = kind === undefined ? `no "kind"${beside}` : found(kind)
  return `expected a model kind of ${kinds.join(', ')}, found ${given}`
}

const asModel = expected('a model such as { "kind": "gbdt" }')

export const modelSpecSchema = z.discriminatedUnion(
  'kind',
  [
    linearSpecSchema,
    logisticSpecSchema,
    mlpSpecSchema,
    z.strictObject({ kind: z.literal('gbdt'), ...boosting }),
    tfjsSpecSchema,
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? explainKind(issue.input) : asModel(issue)) },
)
export type ModelSpec = z.infer<typeof modelSpecSchema>
export type ModelKind = ModelSpec['kind']
export type TfjsSpec = Extract<ModelSpec, { kind: 'tfjs' }>
export type GbdtSpec = Extract<ModelSpec, { kind: 'gbdt' }>
