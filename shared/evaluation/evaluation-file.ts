import { z } from 'zod'
import { evaluationReportSchema } from './evaluation-report.ts'

/** A column of the held-out rows, by which they can be sliced. */
export const heldOutColumnSchema = z.strictObject({
  name: z.string(),
  /** The model reads it; a column that it does not read has the role `other`. */
  role: z.enum(['feature', 'other']),
  /** The DuckDB type in the relation. */
  sourceType: z.string(),
  /** How it is sliced: by values, by ranges, by spans of time, or by how many words a text has. */
  kind: z.enum(['category', 'boolean', 'number', 'time', 'text']),
})
export type HeldOutColumn = z.infer<typeof heldOutColumnSchema>

/**
 * The file `evaluation.json` of a version: its report over all held-out rows, and what `holdout.parquet` holds.
 *
 * The Parquet file has the kept rows' columns under their own names, `slipway_actual` (class index or number) and
 * `slipway_score_0`, `slipway_score_1`, … (P(positive), a probability per class, or the predicted number).
 */
export const evaluationFileSchema = z.strictObject({
  format: z.literal(1),
  report: evaluationReportSchema,
  heldOut: z.strictObject({
    /** Rows kept, drawn by the split's seed. */
    rows: z.number().int().min(1),
    /** Rows held out. */
    of: z.number().int().min(1),
    outputs: z.number().int().min(1),
    columns: z.array(heldOutColumnSchema),
  }),
})
export type EvaluationFile = z.infer<typeof evaluationFileSchema>

export const actualColumn = 'slipway_actual'

export function scoreColumn(output: number): string {
  return `slipway_score_${output}`
}

const mostRows = 50_000
const mostCells = 5_000_000

/** How many of the held-out rows are kept: all of them up to 50,000, fewer where there are more than 100 columns. */
export function keptRows(heldOut: number, columns: number): number {
  return Math.min(heldOut, mostRows, Math.floor(mostCells / Math.max(columns, 1)))
}
