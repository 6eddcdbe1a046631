import type { BaselineColumn } from '../../../../shared/drift/baseline.ts'
import { formatNumber } from '../../../ui/format.ts'

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
  /** Of numbers: where the first bar begins and the last one ends. */
  readonly ends?: readonly [string, string]
}

const numericBars = 24

/**
 * The bars of a column's baseline. Numeric bins are quantiles, so their counts are nearly equal by construction;
 * their rows are spread over bars of equal width, which shows the distribution's form. A bin of a single value
 * (ties) falls whole into its bar. Rows outside the bins are left out of the bars, missing ones given as a rate.
 *
 * @param whole the column held whole numbers only, so a bin's rows lie on those and nowhere between
 */
export function baselineShares(column: BaselineColumn, whole = false): BaselineShares {
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
  const axis = axisOf(low, high, whole)
  const mass = new Array<number>(axis.bars).fill(0)
  for (let bin = 0; bin + 1 < edges.length; bin++) {
    const left = edges[bin]!
    const right = edges[bin + 1]!
    spread(mass, axis, { left, right, count: counts[bin + 1] ?? 0, closed: bin + 2 === edges.length }, whole)
  }
  return {
    bars: mass.map((count, bar) => ({ label: axis.label(bar), share: shareOf(count) })),
    missing,
    rows,
    ends: [formatNumber(low), formatNumber(high)],
  }
}

interface Axis {
  readonly bars: number
  readonly low: number
  readonly width: number
  readonly label: (bar: number) => string
}

/** A bar a value where there are few whole numbers, else bars of equal width. */
function axisOf(low: number, high: number, whole: boolean): Axis {
  if (whole && high - low < numericBars) {
    const first = Math.ceil(low)
    return { bars: Math.floor(high) - first + 1, low: first, width: 1, label: (bar) => String(first + bar) }
  }
  const width = (high - low) / numericBars
  const label = (bar: number) =>
    `${significant(low + bar * width)} to ${significant(low + (bar + 1) * width)}`
  return { bars: numericBars, low, width, label }
}

interface Bin {
  readonly left: number
  readonly right: number
  readonly count: number
  /** The last bin holds its right edge too. */
  readonly closed: boolean
}

function spread(mass: number[], axis: Axis, bin: Bin, whole: boolean): void {
  const { left, right, count } = bin
  const barOf = (value: number) =>
    Math.max(0, Math.min(axis.bars - 1, Math.floor((value - axis.low) / axis.width)))
  if (right <= left) {
    mass[barOf(left)]! += count
    return
  }
  const first = Math.ceil(left)
  const last = bin.closed ? Math.floor(right) : Math.ceil(right) - 1
  if (whole && last >= first && last - first < 10_000) {
    for (let value = first; value <= last; value++) mass[barOf(value)]! += count / (last - first + 1)
    return
  }
  for (let bar = barOf(left); bar <= barOf(right); bar++) {
    const from = axis.low + bar * axis.width
    const overlap = Math.min(right, from + axis.width) - Math.max(left, from)
    mass[bar]! += (count * Math.max(0, overlap)) / (right - left)
  }
}

function significant(value: number): string {
  return String(Number(value.toPrecision(4)))
}
