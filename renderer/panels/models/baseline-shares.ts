import type { BaselineColumn } from '../../../shared/drift/baseline.ts'

/** One bar of a small histogram. */
export interface BaselineBar {
  readonly label: string
  /** Share of all rows, 0 to 1. */
  readonly share: number
}

export interface BaselineShares {
  readonly bars: readonly BaselineBar[]
  readonly missing: number
  readonly rows: number
}

const numericBars = 24

/**
 * The bars of a column's baseline. Numeric bins are quantiles, so their counts are nearly equal by construction;
 * their rows are spread over bars of equal width, which shows the distribution's form. A bin of a single value
 * (ties) falls whole into its bar. Rows outside the bins are left out of the bars, missing ones given as a rate.
 */
export function baselineShares(column: BaselineColumn): BaselineShares {
  const { layout } = column
  const { counts } = column.stats
  const rows = counts.reduce((sum, count) => sum + count, 0)
  const shareOf = (count: number | undefined): number => (rows === 0 ? 0 : (count ?? 0) / rows)
  if (layout.kind === 'categorical') {
    const k = layout.categories.length
    const bars = layout.categories.map((label, i) => ({ label, share: shareOf(counts[i]) }))
    const other = shareOf(counts[k])
    if (other > 0) bars.push({ label: 'other', share: other })
    return { bars, missing: shareOf(counts[k + 2]), rows }
  }
  const { edges } = layout
  const missing = shareOf(counts[edges.length + 1])
  const low = edges[0]!
  const high = edges.at(-1)!
  if (high <= low) {
    const within = counts.slice(1, edges.length).reduce((sum, count) => sum + count, 0)
    return { bars: [{ label: significant(low), share: shareOf(within) }], missing, rows }
  }
  const width = (high - low) / numericBars
  const mass = new Array<number>(numericBars).fill(0)
  for (let bin = 0; bin + 1 < edges.length; bin++) {
    const count = counts[bin + 1] ?? 0
    const left = edges[bin]!
    const right = edges[bin + 1]!
    const first = Math.min(numericBars - 1, Math.floor((left - low) / width))
    if (right <= left) {
      mass[first]! += count
      continue
    }
    const last = Math.min(numericBars - 1, Math.floor((right - low) / width))
    for (let bar = first; bar <= last; bar++) {
      const overlap = Math.min(right, low + (bar + 1) * width) - Math.max(left, low + bar * width)
      mass[bar]! += (count * Math.max(0, overlap)) / (right - left)
    }
  }
  const bars = mass.map((count, bar) => ({
    label: `${significant(low + bar * width)} to ${significant(low + (bar + 1) * width)}`,
    share: shareOf(count),
  }))
  return { bars, missing, rows }
}

function significant(value: number): string {
  return String(Number(value.toPrecision(4)))
}
