/** HOT LOOP: a pass over rows × model inputs. */
import { z } from 'zod'
import type { Batch } from '../features/batch.ts'

export const shapSummarySchema = z.strictObject({
  /** The class whose log-odds are explained, or the target's name for regression. */
  output: z.string(),
  rows: z.number().int(),
  /** How many columns there are; only the largest are listed. */
  of: z.number().int(),
  /** By mean absolute contribution, the largest first. */
  columns: z.array(
    z.strictObject({
      column: z.string(),
      meanAbsolute: z.number(),
      /** Contribution of each shown row, to four significant digits. */
      values: z.array(z.number()),
      /** Where the row's own value lies among the column's, 0 to 1; null where missing or without an order. */
      levels: z.array(z.number().nullable()),
    }),
  ),
})
export type ShapSummary = z.infer<typeof shapSummarySchema>

const mostColumns = 30

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

/** Contributions of the model's inputs added up by the column they come from, row-major `rows × columns`. */
export function contributionsByColumn(
  values: ArrayLike<number>,
  rows: number,
  inputColumns: ArrayLike<number>,
  columns: number,
): Float64Array {
  const inputs = inputColumns.length
  const summed = new Float64Array(rows * columns)
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < inputs; i++) {
      const at = r * columns + inputColumns[i]!
      summed[at] = summed[at]! + values[r * inputs + i]!
    }
  }
  return summed
}

/** Mid-ranks of a column's values scaled to [0, 1]; null where missing or where codes have no order. */
function levelsOf(values: ArrayLike<number>, rows: number): (number | null)[] {
  if (values instanceof Int32Array) return new Array<number | null>(rows).fill(null)
  const order: number[] = []
  for (let r = 0; r < rows; r++) if (!Number.isNaN(values[r])) order.push(r)
  order.sort((a, b) => values[a]! - values[b]!)
  const levels = new Array<number | null>(rows).fill(null)
  const last = Math.max(order.length - 1, 1)
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[start]!]) end++
    for (let i = start; i <= end; i++) levels[order[i]!] = (start + end) / 2 / last
    start = end + 1
  }
  return levels
}

/**
 * The picture known as a beeswarm: per column the contributions of the first `shown` rows and the mean size of all.
 * It lists the `mostColumns` largest, so that its size has a bound.
 *
 * @param contributions row-major `batch.rows × names`
 */
export function shapSummary(
  contributions: Float64Array,
  batch: Batch,
  names: readonly string[],
  output: string,
  shown: number,
): ShapSummary {
  const width = names.length
  const means = names.map((_, c) => {
    let sum = 0
    for (let r = 0; r < batch.rows; r++) sum += Math.abs(contributions[r * width + c]!)
    return sum / batch.rows
  })
  const drawn = Math.min(shown, batch.rows)
  const columns = names
    .map((_, c) => c)
    .sort((a, b) => means[b]! - means[a]!)
    .slice(0, mostColumns)
    .map((c) => ({
      column: names[c]!,
      meanAbsolute: means[c]!,
      values: Array.from({ length: drawn }, (_, r) => rounded(contributions[r * width + c]!)),
      levels: levelsOf(batch.columns[c]!, batch.rows)
        .slice(0, drawn)
        .map((level) => (level === null ? null : Math.round(level * 1000) / 1000)),
    }))
  return { output, rows: batch.rows, of: names.length, columns }
}
