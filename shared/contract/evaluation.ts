import { z } from 'zod'
import { namedValues } from '../decoding/named-values.ts'
import { estimateSchema } from '../evaluation/bootstrap.ts'
import { heldOutColumnSchema } from '../evaluation/evaluation-file.ts'
import { evaluationReportSchema } from '../evaluation/evaluation-report.ts'
import { dependenceSchema } from '../evaluation/partial-dependence.ts'
import { importanceSchema } from '../evaluation/permutation-importance.ts'
import { shapSummarySchema } from '../evaluation/shap-summary.ts'
import { sliceSchema } from '../evaluation/slices.ts'
import { metricKeys, metricsSchema } from '../metrics/metrics.ts'
import { procedure } from './base.ts'
import { versionRef } from './models.ts'

const ofColumn = versionRef.extend({ column: z.string().min(1) })

export const versionEvaluationSchema = z.strictObject({
  report: evaluationReportSchema,
  heldOut: z.strictObject({
    /** Rows kept for slices, importance and comparison, of so many held out. */
    rows: z.number().int(),
    of: z.number().int(),
    columns: z.array(heldOutColumnSchema),
    /** `given` to a version that was imported: whether its model saw them in training is not known. */
    origin: z.enum(['held out', 'given']),
  }),
  metrics: metricsSchema,
  /** Boosted trees have SHAP values and importances of their own. */
  trees: z.boolean(),
})
export type VersionEvaluation = z.infer<typeof versionEvaluationSchema>

export const sliceReportSchema = z.strictObject({
  column: z.string(),
  /** All kept rows. */
  overall: sliceSchema,
  slices: z.array(sliceSchema),
})
export type SliceReport = z.infer<typeof sliceReportSchema>

export const importanceReportSchema = z.strictObject({
  /** Rows shuffled, and how often each column was. */
  rows: z.number().int(),
  repeats: z.number().int(),
  metric: z.enum(metricKeys),
  /** Most important first. */
  permutation: z.array(importanceSchema),
  /** Of trees: mean loss reduction and mean hessian of a column's splits, as XGBoost's `gain` and `cover`. */
  trees: z
    .array(z.strictObject({ column: z.string(), splits: z.number(), gain: z.number(), cover: z.number() }))
    .nullable(),
})
export type ImportanceReport = z.infer<typeof importanceReportSchema>

export const explanationSchema = z.strictObject({
  row: z.number().int(),
  /** What the row holds, as text. */
  values: namedValues(z.string().nullable()),
  prediction: z.string(),
  /** Class whose margin is explained; null for a regression. */
  output: z.string().nullable(),
  /** In the unit of the margin: log-odds of a class, or of the target. */
  base: z.number(),
  margin: z.number(),
  /** Contributions of the columns, the largest first; with the base they add up to the margin. */
  contributions: z.array(z.strictObject({ column: z.string(), value: z.number() })),
})
export type Explanation = z.infer<typeof explanationSchema>

const comparedMetricSchema = z.strictObject({
  key: z.enum(metricKeys),
  /** Per version, on the rows compared. */
  estimates: z.array(estimateSchema.nullable()),
  /** Per version against the first one, paired by row; null for the first, or where rows are not shared. */
  differences: z.array(estimateSchema.nullable()),
})

export const comparisonSchema = z.strictObject({
  versions: z.array(
    versionRef.extend({ created: z.string(), metrics: metricsSchema, report: evaluationReportSchema }),
  ),
  /** Where the train cells differ; a value per version, null where it has none. */
  spec: z.array(z.strictObject({ path: z.string(), values: z.array(z.string().nullable()) })),
  basis: z.strictObject({
    /**
     * `shared`: rows that every version held out. `given`: rows that every version keeps, which an imported one may
     * have been trained on. `first`: the first version's rows, on which the others may have been trained. `separate`:
     * each on its own rows, so that nothing is paired.
     */
    kind: z.enum(['shared', 'given', 'first', 'separate']),
    rows: z.number().int(),
    /** In words, with the reason. */
    says: z.string(),
  }),
  metrics: z.array(comparedMetricSchema),
  /** The rows that the versions' reports are of: the same ones where every version held them out, else each its own. */
  curves: z.strictObject({
    kind: z.enum(['shared', 'separate']),
    /** Per version. */
    rows: z.array(z.number().int()),
    /** In words, with the reason. */
    says: z.string(),
  }),
})
export type Comparison = z.infer<typeof comparisonSchema>

/** How good a version is on rows it never saw, in pictures; what takes long is made at the first request and kept. */
export const evaluationContract = {
  /** @throws not-found for a version that was trained before held-out rows were kept */
  get: procedure.input(versionRef).output(versionEvaluationSchema),
  slices: procedure.input(ofColumn).output(sliceReportSchema),
  importance: procedure.input(versionRef).output(importanceReportSchema),
  dependence: procedure.input(ofColumn).output(dependenceSchema),
  /** Of several classes the one at the place `output` of the target's classes, by default the first. */
  shap: procedure
    .input(versionRef.extend({ output: z.number().int().min(0).optional() }))
    .output(shapSummarySchema),
  /** One kept held-out row by its place, from 0. */
  explain: procedure.input(versionRef.extend({ row: z.number().int().min(0) })).output(explanationSchema),
  /** The first version is what the others are measured against. */
  compare: procedure
    .input(z.strictObject({ versions: z.array(versionRef).min(2).max(6) }))
    .output(comparisonSchema),
  /** The whole report as one HTML document that needs nothing beside it. */
  exportHtml: procedure.input(versionRef).output(z.strictObject({ name: z.string(), html: z.string() })),
}
