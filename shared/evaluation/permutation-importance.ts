/** HOT LOOP: columns × repeats predictions of all rows. One buffer per column is shuffled in place. */
import { z } from 'zod'
import type { Batch, BatchColumn } from '../features/batch.ts'
import type { MetricKey } from '../metrics/metrics.ts'
import type { Predictions } from '../models/predictor.ts'
import { metricKernel } from './metric-kernel.ts'

export const importanceSchema = z.strictObject({
  column: z.string(),
  /** How much worse the metric gets, in its own unit, when the column's values are shuffled among the rows. */
  mean: z.number(),
  /** Standard deviation over the repeats (population). */
  sd: z.number(),
})
export type Importance = z.infer<typeof importanceSchema>

export interface PermutationRequest {
  readonly batch: Batch
  readonly names: readonly string[]
  /** Class index or number per row. */
  readonly actual: Float64Array
  /** What importance is measured in. */
  readonly metric: { readonly key: MetricKey; readonly higherIsBetter: boolean }
  readonly repeats: number
  predict(batch: Batch): Predictions
  /** The rows whose values the rows `0 … rows − 1` take in one repeat. */
  permutation(column: number, repeat: number): ArrayLike<number>
  onColumn?(done: number): void
}

function scoreOf(
  actual: Float64Array,
  predictions: Predictions,
  { key, higherIsBetter }: PermutationRequest['metric'],
): number {
  const kernel = metricKernel(actual, predictions)
  const values = new Float64Array(kernel.keys.length)
  kernel.evaluate(new Uint8Array(actual.length).fill(1), values)
  const value = values[kernel.keys.indexOf(key)]!
  return higherIsBetter ? value : -value
}

/**
 * Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019) through the real pipeline and predictor: the
 * columns of the request are shuffled, not the model's inputs. In the order of the columns.
 */
export function permutationImportance(request: PermutationRequest): Importance[] {
  const { batch, names, actual, metric, repeats, predict, permutation, onColumn } = request
  const base = scoreOf(actual, predict(batch), metric)
  return names.map((column, c) => {
    const original = batch.columns[c]!
    const shuffled: BatchColumn = original.slice(0, batch.rows)
    const columns = batch.columns.map((values, other) => (other === c ? shuffled : values))
    const drops = new Float64Array(repeats)
    for (let repeat = 0; repeat < repeats; repeat++) {
      const from = permutation(c, repeat)
      for (let r = 0; r < batch.rows; r++) shuffled[r] = original[from[r]!]!
      drops[repeat] = base - scoreOf(actual, predict({ ...batch, columns }), metric)
    }
    let mean = 0
    for (const drop of drops) mean += drop / repeats
    let squared = 0
    for (const drop of drops) squared += (drop - mean) ** 2
    onColumn?.(c + 1)
    return { column, mean, sd: Math.sqrt(squared / repeats) }
  })
}
