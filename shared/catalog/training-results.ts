import { z } from 'zod'
import { metricKeys, metricsSchema } from '../metrics/metrics.ts'
import { searchMethods } from '../notebook/search-spec.ts'

/** A suspicion that the metrics, or the constraints, promise more than the model will keep, or that a column is lost. */
export const leakageWarningSchema = z.strictObject({
  kind: z.enum([
    'single-feature',
    'duplicate-rows',
    'identifier',
    'future-timestamp',
    // Of versions whose folds were measured with the statistics of the whole training split.
    'frozen-statistics',
    'constraint',
    'columns-gone',
    'precision',
  ]),
  /** The feature it is about; absent where it is about rows. */
  column: z.string().optional(),
  message: z.string(),
  whatToDo: z.string(),
  /** What was measured, as the message says it: an AUC, an R² or a share of rows, 0 to 1; absent where nothing was. */
  figure: z.number().optional(),
})
export type LeakageWarning = z.infer<typeof leakageWarningSchema>

/** One metric over folds; `low` and `high` are null where one measurement has no interval. */
export const foldSummarySchema = z.strictObject({
  mean: z.number(),
  /** Standard deviation between folds (n − 1). */
  sd: z.number(),
  /** 95 % interval of the mean, corrected for folds that share training rows. */
  low: z.number().nullable(),
  high: z.number().nullable(),
})
export type FoldSummary = z.infer<typeof foldSummarySchema>

export const crossValidationResultSchema = z.strictObject({
  method: z.string(),
  folds: z.number().int(),
  repeats: z.number().int(),
  /** One of each repeat. */
  seeds: z.array(z.number().int()),
  results: z.array(
    z.strictObject({
      repeat: z.number().int(),
      fold: z.number().int(),
      rows: z.strictObject({
        train: z.number().int(),
        validation: z.number().int(),
        test: z.number().int(),
      }),
      metrics: metricsSchema,
    }),
  ),
  summary: z.partialRecord(z.enum(metricKeys), foldSummarySchema),
  durationMs: z.number(),
  /** Folds that an earlier, interrupted run had finished. */
  reused: z.number().int(),
})
export type CrossValidationResult = z.infer<typeof crossValidationResultSchema>

export const trialSchema = z.strictObject({
  /** From 1, in the order they were drawn. */
  trial: z.number().int(),
  /** Values by their path in the cell. */
  parameters: z.record(z.string(), z.json()),
  state: z.enum(['waiting', 'running', 'done', 'stopped early', 'failed']),
  /** The metric of every fold, at the last resource the trial was given. */
  scores: z.array(z.number()),
  mean: z.number().nullable(),
  sd: z.number().nullable(),
  /** Halving: the last rung reached, from 1, and the rows, trees or epochs it gave. */
  rung: z.number().int().optional(),
  resource: z.number().int().optional(),
  /** Time of its fits added up. */
  ms: z.number(),
  /** Why it failed. */
  problem: z.string().optional(),
})
export type Trial = z.infer<typeof trialSchema>

export const searchTableSchema = z.strictObject({
  method: z.enum(searchMethods),
  metric: z.enum(metricKeys),
  higherIsBetter: z.boolean(),
  folds: z.number().int(),
  seed: z.number().int(),
  resource: z.string().optional(),
  /** Halving: candidates and resource of each rung. */
  rungs: z.array(z.strictObject({ candidates: z.number().int(), resource: z.number().int() })).optional(),
  trials: z.array(trialSchema),
  /** Number of the best trial so far; null before the first is done. */
  best: z.number().int().nullable(),
  /** Fits done and to do, and of those done, how many an earlier, interrupted run had finished. */
  fits: z.strictObject({ done: z.number().int(), of: z.number().int(), reused: z.number().int() }),
  durationMs: z.number(),
})
export type SearchTable = z.infer<typeof searchTableSchema>
