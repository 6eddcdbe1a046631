import { z } from 'zod'
import { expected } from '../decoding/expected.ts'
import { metricKeys } from '../metrics/metrics.ts'

const seed = z.number().int().min(0).max(4_294_967_295)

/**
 * Measures the model on several splits of the data, beside the one it is registered with.
 * `folds: 1` holds out `split.test` of the rows; `repeats` does it all again with the next seed.
 */
export const crossValidationSchema = z.strictObject({
  folds: z.number().int().min(1).max(50).default(5),
  repeats: z.number().int().min(1).max(100).default(1),
  /** Of the first repeat; the next ones count up from it. Default: the seed of `split`. */
  seed: seed.optional(),
})
export type CrossValidationSpec = z.infer<typeof crossValidationSchema>

/** Numbers to draw from; whole ones where the key takes nothing else. With `log`, evenly in the logarithm. */
export const searchRangeSchema = z
  .strictObject({ min: z.number(), max: z.number(), log: z.boolean().default(false) })
  .superRefine(({ min, max, log }, context) => {
    if (min >= max)
      context.addIssue({ code: 'custom', message: `expected min below max, found ${min} and ${max}` })
    if (log && min <= 0) {
      context.addIssue({ code: 'custom', message: `a logarithmic range starts above 0, found ${min}` })
    }
  })
export type SearchRange = z.infer<typeof searchRangeSchema>

export const searchMethods = ['grid', 'random', 'halving'] as const
export type SearchMethod = (typeof searchMethods)[number]

export const searchParametersSchema = z
  .record(
    z.string().regex(/^(model|features)\..+/, { error: expected('a key under "model." or "features."') }),
    z.union([z.array(z.json()).min(1), searchRangeSchema], {
      error: expected('a list of values, or a range such as { "min": 1, "max": 10 }'),
    }),
  )
  .refine((parameters) => Object.keys(parameters).length > 0, {
    error: expected('at least one parameter'),
  })

/** Tries several settings by cross-validation on the rows outside the test split, and trains with the best. */
export const searchSchema = z.strictObject({
  method: z.enum(searchMethods),
  /** Values by the path of their key in the cell, such as `model.maxDepth`. */
  parameters: searchParametersSchema,
  /** What the best is the best in. Default: `auc`, `accuracy` or `rmse`, by task. */
  metric: z.enum(metricKeys).optional(),
  /** Settings to draw: 20 for `random`; for `halving` the whole grid, or 27 where a range has none. */
  trials: z.number().int().min(2).max(10_000).optional(),
  folds: z.number().int().min(1).max(50).default(5),
  /** Default: the seed of `split`. */
  seed: seed.optional(),
  /** Trials trained at a time; default: one per core, fewer where memory is short. */
  parallel: z.number().int().min(1).max(256).optional(),
  /** Of `halving`: one in so many settings goes on to so many times the resource. */
  factor: z.number().min(1.1).max(100).optional(),
  /** Of `halving`: what is given out sparingly. */
  resource: z.enum(['rows', 'model.trees', 'model.epochs']).optional(),
  minResource: z.number().int().min(1).optional(),
  maxResource: z.number().int().min(1).optional(),
})
export type SearchSpec = z.infer<typeof searchSchema>
