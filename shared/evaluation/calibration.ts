/** HOT LOOP: a pass over all held-out rows. */
import { z } from 'zod'
import { quantiles } from './quantiles.ts'

export const calibrationSchema = z.strictObject({
  bins: z.array(
    z.strictObject({
      rows: z.number().int(),
      /** Mean score. */
      predicted: z.number(),
      /** Share of positive rows. */
      actual: z.number(),
    }),
  ),
  /** Expected calibration error: the mean of |actual − predicted|, weighted by the bins' rows. */
  error: z.number(),
})
export type Calibration = z.infer<typeof calibrationSchema>

/** `equal-mass`: bins of as many rows each; `equal-width`: bins of [0, 1] of one width. */
export type BinRule = 'equal-mass' | 'equal-width'

/**
 * Reliability bins, as scikit-learn's `calibration_curve`: a bin holds its upper edge, empty bins are left out.
 *
 * @param positive 1 where the row is positive
 * @param scores from 0 to 1
 */
export function calibration(
  positive: ArrayLike<number>,
  scores: Float64Array,
  rule: BinRule,
  count = 10,
): Calibration {
  const rows = positive.length
  if (rows === 0) return { bins: [], error: 0 }
  const inner = Array.from({ length: count - 1 }, (_, i) => (i + 1) / count)
  const edges =
    rule === 'equal-width' ? inner.map((_, i) => (i + 1) * (1 / count)) : quantiles(scores.toSorted(), inner)
  const members = new Float64Array(count)
  const sums = new Float64Array(count)
  const hits = new Float64Array(count)
  for (let r = 0; r < rows; r++) {
    const score = scores[r]!
    let bin = 0
    while (bin < edges.length && edges[bin]! < score) bin++
    members[bin] = members[bin]! + 1
    sums[bin] = sums[bin]! + score
    hits[bin] = hits[bin]! + (positive[r] === 1 ? 1 : 0)
  }
  const bins: Calibration['bins'] = []
  let error = 0
  for (let bin = 0; bin < count; bin++) {
    const inBin = members[bin]!
    if (inBin === 0) continue
    const predicted = sums[bin]! / inBin
    const actual = hits[bin]! / inBin
    bins.push({ rows: inBin, predicted, actual })
    error += (inBin / rows) * Math.abs(actual - predicted)
  }
  return { bins, error }
}

/** Mean squared difference between score and outcome. */
export function brierScore(positive: ArrayLike<number>, scores: Float64Array): number {
  let sum = 0
  for (let r = 0; r < positive.length; r++) sum += (scores[r]! - (positive[r] === 1 ? 1 : 0)) ** 2
  return sum / positive.length
}
