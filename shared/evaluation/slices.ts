/** HOT LOOP: gathers the rows of each slice once, then bootstraps within it. */
import { z } from 'zod'
import { metricKeys } from '../metrics/metrics.ts'
import type { Predictions } from '../models/predictor.ts'
import { bootstrapMetrics, estimateSchema, type Random } from './bootstrap.ts'
import { metricKernel } from './metric-kernel.ts'
import { quantiles } from './quantiles.ts'

export const sliceSchema = z.strictObject({
  /** A value of the column, a range of it, `missing`, or `other` for the values beyond the most frequent. */
  label: z.string(),
  rows: z.number().int().min(1),
  metrics: z.partialRecord(z.enum(metricKeys), estimateSchema),
})
export type Slice = z.infer<typeof sliceSchema>

/** The slice of each row, by its place among the labels. */
export interface SliceAssignment {
  readonly labels: readonly string[]
  readonly slices: ArrayLike<number>
}

export const mostSlices = 20

/** A number as a slice's name: at most four significant digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/**
 * Numbers into slices: a slice per value while there are at most `most` of them, else bins of about as many rows each.
 * NaN is `missing`.
 */
export function sliceNumbers(
  values: Float64Array,
  bins = 8,
  most = 12,
  name: ((value: number) => string) | undefined = undefined,
): SliceAssignment {
  const present = values.filter((value) => !Number.isNaN(value)).sort()
  const distinct: number[] = []
  for (const value of present) {
    if (value !== distinct.at(-1)) distinct.push(value)
    if (distinct.length > most) break
  }
  const byValue = distinct.length <= most
  const probabilities = Array.from({ length: bins + 1 }, (_, i) => i / bins)
  const edges = byValue
    ? distinct
    : [...new Set(present.length === 0 ? [] : quantiles(present, probabilities))]
  const labels = byValue
    ? edges.map(name ?? String)
    : edges.slice(1).map((to, i) => `${(name ?? short)(edges[i]!)} to ${(name ?? short)(to)}`)
  const slices = new Int32Array(values.length)
  for (let r = 0; r < values.length; r++) {
    const value = values[r]!
    if (Number.isNaN(value)) {
      slices[r] = labels.length
      continue
    }
    let slice = 0
    if (byValue) while (edges[slice] !== value) slice++
    else while (slice < labels.length - 1 && value > edges[slice + 1]!) slice++
    slices[r] = slice
  }
  return { labels: [...labels, 'missing'], slices }
}

function gather(actual: Float64Array, predictions: Predictions, rows: readonly number[]) {
  const { task, outputs, scores, classIndexes } = predictions
  const some = {
    task,
    rows: rows.length,
    outputs,
    scores: new Float64Array(rows.length * outputs),
    classIndexes: new Int32Array(rows.length),
  }
  const target = new Float64Array(rows.length)
  rows.forEach((r, i) => {
    target[i] = actual[r]!
    some.classIndexes[i] = classIndexes[r]!
    for (let k = 0; k < outputs; k++) some.scores[i * outputs + k] = scores[r * outputs + k]!
  })
  return { target, some }
}

/** Metrics of each slice that has rows, with bootstrap intervals over its own rows, in the order of the labels. */
export function sliceMetrics(
  actual: Float64Array,
  predictions: Predictions,
  assignment: SliceAssignment,
  repetitions: number,
  random: Random,
): Slice[] {
  const members: number[][] = assignment.labels.map(() => [])
  for (let r = 0; r < predictions.rows; r++) members[assignment.slices[r]!]!.push(r)
  return assignment.labels.flatMap((label, s) => {
    const rows = members[s]!
    if (rows.length === 0) return []
    const { target, some } = gather(actual, predictions, rows)
    const metrics = bootstrapMetrics(metricKernel(target, some), repetitions, random)
    return [{ label, rows: rows.length, metrics }]
  })
}
