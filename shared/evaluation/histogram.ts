/** HOT LOOP: a pass over all held-out rows. */
import { z } from 'zod'

export const histogramSchema = z.strictObject({
  /** Ascending; bin i is [edge i, edge i + 1), the last one closed. */
  edges: z.array(z.number()).min(2),
  /** Per series (such as a class) a count per bin. */
  counts: z.array(z.array(z.number().int())),
  /** Values outside the edges, all series together. */
  below: z.number().int(),
  above: z.number().int(),
})
export type Histogram = z.infer<typeof histogramSchema>

/** `bins` of one width from `from` to `to`; a range of nothing is widened by a half on both sides. */
export function evenEdges(from: number, to: number, bins: number): number[] {
  const [low, high] = from === to ? [from - 0.5, to + 0.5] : [from, to]
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + ((high - low) / bins) * i))
}

/**
 * Counts of values in bins of one width.
 *
 * @param series the series that each value belongs to, from 0; all belong to the one where left out
 */
export function histogram(
  values: Float64Array,
  edges: number[],
  series?: ArrayLike<number>,
  seriesCount = 1,
): Histogram {
  const bins = edges.length - 1
  const from = edges[0]!
  const to = edges[bins]!
  const counts = Array.from({ length: seriesCount }, () => new Array<number>(bins).fill(0))
  let below = 0
  let above = 0
  for (let r = 0; r < values.length; r++) {
    const value = values[r]!
    if (value < from) below++
    else if (value > to) above++
    else {
      const bin = Math.min(Math.floor(((value - from) / (to - from)) * bins), bins - 1)
      const of = counts[series ? series[r]! : 0]!
      of[bin] = of[bin]! + 1
    }
  }
  return { edges, counts, below, above }
}
