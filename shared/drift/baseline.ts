import { z } from 'zod'

/**
 * Bins fixed at training time. Baseline and windows count into the same slots, so merging is addition
 * and every drift statistic is computed from two count vectors of equal length.
 *
 * numeric, edges e0 < … < eB (B bins):  [ below e0 | [e0,e1) … [eB−1,eB] | above eB | missing | ±∞ ]   B + 4 slots
 * categorical, K categories:            [ each category | other | unseen | missing ]                  K + 3 slots
 *
 * `other` holds categories of the training data beyond the K most frequent; `unseen` those it never had.
 * Booleans are categorical with the categories `false`, `true`; timestamps are numeric in milliseconds since 1970 UTC;
 * texts are numeric by their number of words.
 */
const layoutNumeric = z.strictObject({
  kind: z.literal('numeric'),
  name: z.string(),
  edges: z.array(z.number()).min(1),
})
const layoutCategorical = z.strictObject({
  kind: z.literal('categorical'),
  name: z.string(),
  categories: z.array(z.string()),
})
export const columnLayoutSchema = z.discriminatedUnion('kind', [layoutNumeric, layoutCategorical])
export type ColumnLayout = z.infer<typeof columnLayoutSchema>

/**
 * Counts and moments of one column. `n`, `mean`, `m2`, `min`, `max` are over finite numbers (Welford), the moments with
 * those beyond ±1e140 as that; zero for categories.
 */
export const columnCountsSchema = z.strictObject({
  counts: z.array(z.number().int().min(0)),
  n: z.number().int().min(0),
  mean: z.number(),
  m2: z.number(),
  min: z.number().nullable(),
  max: z.number().nullable(),
})
export type ColumnCounts = z.infer<typeof columnCountsSchema>

export const baselineColumnSchema = z.strictObject({
  layout: columnLayoutSchema,
  stats: columnCountsSchema,
})
export type BaselineColumn = z.infer<typeof baselineColumnSchema>

/** The file `baseline.json`. */
export const baselineSchema = z.strictObject({
  version: z.literal(1),
  /** SHA-256 of the canonical JSON of all layouts; windows of another layout are refused. */
  layoutHash: z.string(),
  /** Rows of the training split that the features were counted on. */
  rows: z.number().int(),
  features: z.array(baselineColumnSchema),
  /** Held-out rows that the outputs were counted on. */
  heldOutRows: z.number().int(),
  /** Classification: `prediction` (categorical) and `score` (numeric: P(positive), or the largest probability). Regression: `prediction`. */
  outputs: z.array(baselineColumnSchema),
})
export type Baseline = z.infer<typeof baselineSchema>
