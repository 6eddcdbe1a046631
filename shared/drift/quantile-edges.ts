/** Bins of a numeric layout, unless ties leave fewer. */
export const baselineBins = 20

/**
 * Turns quantiles into a layout's edges. Ties are collapsed, except that a value tied at the top is kept
 * twice: its last bin then holds that value alone (as in a column of 0 and 1, or a constant one), which a
 * single closed bin up to it would hide.
 *
 * @param quantiles ascending; a column of few distinct values gives these values, the last of them twice
 */
export function collapseEdges(quantiles: readonly number[]): number[] {
  const edges = quantiles.filter((value, i) => i === 0 || value !== quantiles[i - 1])
  const top = quantiles.at(-1)
  if (top !== undefined && (edges.length === 1 || quantiles.at(-2) === top)) edges.push(top)
  return edges
}

/**
 * Edges for values already in memory, by linear interpolation between order statistics, as DuckDB's
 * `quantile_cont` does it. Values must be finite; empty input gives the one bin [0, 0].
 */
export function quantileEdges(values: Float64Array): number[] {
  const sorted = values.toSorted()
  if (sorted.length === 0) return [0, 0]
  const distinct: number[] = []
  for (const value of sorted) {
    if (value !== distinct.at(-1)) distinct.push(value)
    if (distinct.length > baselineBins) break
  }
  if (distinct.length <= baselineBins) return collapseEdges([...distinct, distinct.at(-1)!])
  const quantiles: number[] = []
  for (let i = 0; i <= baselineBins; i++) {
    const position = (i * (sorted.length - 1)) / baselineBins
    const below = sorted[Math.floor(position)]!
    const above = sorted[Math.ceil(position)]!
    quantiles.push(below + (above - below) * (position - Math.floor(position)))
  }
  return collapseEdges(quantiles)
}
