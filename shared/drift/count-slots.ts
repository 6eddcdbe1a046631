import type { ColumnCounts, ColumnLayout } from './baseline.ts'

/** Number of slots of a layout: bins + 4 for numbers, categories + 3 otherwise. */
export function slotCount(layout: ColumnLayout): number {
  return layout.kind === 'numeric' ? layout.edges.length + 3 : layout.categories.length + 3
}

/** Where the slots that are not bins or categories lie. */
export function specialSlots(layout: ColumnLayout) {
  const slots = slotCount(layout)
  return layout.kind === 'numeric'
    ? ({ kind: 'numeric', below: 0, above: slots - 3, missing: slots - 2, infinite: slots - 1 } as const)
    : ({ kind: 'categorical', other: slots - 3, unseen: slots - 2, missing: slots - 1 } as const)
}

/** Counts of no rows. */
export function emptyCounts(layout: ColumnLayout): ColumnCounts {
  return { counts: new Array(slotCount(layout)).fill(0), n: 0, mean: 0, m2: 0, min: null, max: null }
}

function extreme(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return pick(a, b)
}

/**
 * Counts of two sets of rows together: slots are added, moments combined by Chan, Golub and LeVeque (1979).
 *
 * @throws Error where the slots differ: such counts are of different layouts, which the layout's hash shows before
 */
export function mergeCounts(a: ColumnCounts, b: ColumnCounts): ColumnCounts {
  if (a.counts.length !== b.counts.length) {
    throw new Error(`Counts of ${a.counts.length} and ${b.counts.length} slots cannot be merged.`)
  }
  const n = a.n + b.n
  const delta = b.mean - a.mean
  return {
    counts: a.counts.map((count, slot) => count + b.counts[slot]!),
    n,
    mean: n === 0 ? 0 : a.mean + delta * (b.n / n),
    m2: n === 0 ? 0 : a.m2 + b.m2 + delta * delta * ((a.n * b.n) / n),
    min: extreme(Math.min, a.min, b.min),
    max: extreme(Math.max, a.max, b.max),
  }
}
