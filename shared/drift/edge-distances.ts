import type { ColumnCounts } from './baseline.ts'

/** Slots of finite numbers: below, each bin, above. */
function finiteShares(edges: readonly number[], stats: ColumnCounts): number[] | null {
  const counts = stats.counts.slice(0, edges.length + 1)
  const n = counts.reduce((sum, count) => sum + count, 0)
  return n === 0 ? null : counts.map((count) => count / n)
}

/** Distribution function at the edges, and at the extreme values when rows lie beyond the edges. */
function knotsOf(
  edges: readonly number[],
  shares: readonly number[],
  stats: ColumnCounts,
): [number, number][] {
  const first = edges[0]!
  const last = edges.at(-1)!
  const knots: [number, number][] = []
  const below = shares[0]!
  if (below > 0 && stats.min !== null && stats.min < first) knots.push([stats.min, 0])
  let sum = below
  knots.push([first, sum])
  for (let i = 1; i < edges.length; i++) {
    sum += shares[i]!
    knots.push([edges[i]!, sum])
  }
  if (shares[edges.length]! > 0 && stats.max !== null && stats.max > last) knots.push([stats.max, 1])
  return knots
}

function distributionAt(knots: readonly [number, number][], x: number): number {
  const first = knots[0]!
  if (x < first[0]) return 0
  for (let i = 1; i < knots.length; i++) {
    const [x1, y1] = knots[i]!
    if (x < x1) {
      const [x0, y0] = knots[i - 1]!
      return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
    }
  }
  return x === knots.at(-1)![0] ? knots.at(-1)![1] : 1
}

/** ∫ |d| over a stretch on which the difference goes in a straight line from `a` to `b`. */
function areaBetween(a: number, b: number, width: number): number {
  if (a * b >= 0) return (width * (Math.abs(a) + Math.abs(b))) / 2
  return (width * (a * a + b * b)) / (2 * Math.abs(a - b))
}

/**
 * Wasserstein-1 distance between two numeric columns counted on the same edges, in standard deviations of the
 * baseline: ∫ |F − G| / max(sd, 0.001). Rows are taken as spread evenly within a bin, and between the outermost
 * edge and the extreme value beyond it; missing and infinite values are left out.
 */
export function wassersteinNormed(
  edges: readonly number[],
  baseline: ColumnCounts,
  live: ColumnCounts,
): number {
  const p = finiteShares(edges, baseline)
  const q = finiteShares(edges, live)
  if (!p || !q) return 0
  const f = knotsOf(edges, p, baseline)
  const g = knotsOf(edges, q, live)
  const xs = [...new Set([...f, ...g].map(([x]) => x))].sort((a, b) => a - b)
  let area = 0
  for (let i = 1; i < xs.length; i++) {
    const left = xs[i - 1]!
    const right = xs[i]!
    const a = distributionAt(f, left) - distributionAt(g, left)
    // Just left of `right`: a jump at a knot belongs to the stretch after it.
    const middle = (left + right) / 2
    const half = distributionAt(f, middle) - distributionAt(g, middle)
    area += areaBetween(a, 2 * half - a, right - left)
  }
  const sd = baseline.n > 1 ? Math.sqrt(baseline.m2 / (baseline.n - 1)) : 0
  return area / Math.max(sd, 0.001)
}

/** Kolmogorov–Smirnov distance at the edges, max |F − G|: an effect size, 0 to 1, never a p-value. */
export function ksDistance(edges: readonly number[], baseline: ColumnCounts, live: ColumnCounts): number {
  const p = finiteShares(edges, baseline)
  const q = finiteShares(edges, live)
  if (!p || !q) return 0
  let difference = 0
  let largest = 0
  for (let i = 0; i < p.length; i++) {
    difference += p[i]! - q[i]!
    largest = Math.max(largest, Math.abs(difference))
  }
  return largest
}
