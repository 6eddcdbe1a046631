/** HOT LOOP: predictions of all rows for every grid value. */
import { z } from 'zod'
import type { Batch } from '../features/batch.ts'
import type { Predictions } from '../models/predictor.ts'
import { evenEdges } from './histogram.ts'

export const dependenceSchema = z.strictObject({
  column: z.string(),
  /** Which output the curves are of: the class, or the target's name for regression. */
  outputs: z.array(z.string()),
  /** Numbers, or the values of a category; what is not in the training data is left out. */
  grid: z.array(z.union([z.number(), z.string()])),
  /** The numbers are milliseconds since 1970 UTC. */
  time: z.boolean(),
  /** Per output the mean prediction at each grid value. */
  average: z.array(z.array(z.number())),
  /** Predictions of single rows (individual conditional expectation) of the first output, per row and grid value. */
  individual: z.array(z.array(z.number())),
  /** Tenths of the column's own values, to see where there is data; empty for categories. */
  tenths: z.array(z.number()),
})
export type Dependence = z.infer<typeof dependenceSchema>

/** SciPy's `mquantiles` (plotting positions with α = β = 0.4), which scikit-learn takes its grid from. */
function plottingQuantile(sorted: Float64Array, probability: number): number {
  const rows = sorted.length
  if (rows === 1) return sorted[0]!
  const position = rows * probability + 0.4 + probability * 0.2
  const below = Math.floor(Math.min(Math.max(position, 1), rows - 1))
  const part = Math.min(Math.max(position - below, 0), 1)
  return (1 - part) * sorted[below - 1]! + part * sorted[below]!
}

/**
 * Where a numeric column is tried, as scikit-learn does: its distinct values while they are fewer than `resolution`,
 * else `resolution` even steps between its 5 and 95 % points. NaN is left out.
 */
export function numericGrid(values: Float64Array, resolution: number): number[] {
  const present = values.filter((value) => !Number.isNaN(value)).sort()
  if (present.length === 0) return []
  const distinct: number[] = []
  for (const value of present) {
    if (value !== distinct.at(-1)) distinct.push(value)
    if (distinct.length >= resolution) break
  }
  if (distinct.length < resolution) return distinct
  const low = plottingQuantile(present, 0.05)
  const high = plottingQuantile(present, 0.95)
  return low === high ? [low] : evenEdges(low, high, resolution - 1)
}

export interface DependenceCurves {
  /** Per output a mean per grid value. */
  readonly average: number[][]
  /** Per row of `individuals` a prediction of the output `shown` per grid value. */
  readonly individual: number[][]
}

/**
 * Partial dependence by brute force: every row is predicted with the column set to each grid value in turn.
 *
 * @param grid what the batch's column can hold: numbers, or category codes
 * @param shown the outputs to average
 * @param individuals rows whose own curves are kept, of the first of `shown`
 */
export function partialDependence(
  batch: Batch,
  column: number,
  grid: readonly number[],
  predict: (batch: Batch) => Predictions,
  shown: readonly number[] = [0],
  individuals: readonly number[] = [],
): DependenceCurves {
  const values = batch.columns[column]!.slice(0, batch.rows)
  const columns = batch.columns.map((original, c) => (c === column ? values : original))
  const average = shown.map(() => new Array<number>(grid.length).fill(0))
  const individual = individuals.map(() => new Array<number>(grid.length).fill(0))
  grid.forEach((value, g) => {
    values.fill(value)
    const { scores, outputs, rows } = predict({ ...batch, columns })
    shown.forEach((output, i) => {
      let sum = 0
      for (let r = 0; r < rows; r++) sum += scores[r * outputs + output]!
      average[i]![g] = sum / rows
    })
    individuals.forEach((r, i) => {
      individual[i]![g] = scores[r * outputs + (shown[0] ?? 0)]!
    })
  })
  return { average, individual }
}
