import type { GbdtObjective } from '../../../shared/models/gbdt/tree-model.ts'
import { pageBytes, type WasmCode, type WasmMemory } from '../../../shared/wasm.ts'
import { controlBytes } from '../threads/control.ts'

/** Byte offsets of everything the threads share. */
export interface GbdtLayout {
  rows: number
  width: number
  groups: number
  /** (gradient, hessian) pairs in the histograms of all features. */
  pairs: number
  control: number
  goesLeft: number
  /** The drawn features, as `buildSome` takes them. */
  drawn: number
  /** Bins row-major, and column by column. */
  bins: number
  columns: number
  target: number
  /** float32 per row; −1 where all rows count the same. */
  weights: number
  scores: number
  probabilities: number
  gradients: number
  /** Row numbers, those of a node side by side; and room to part them. */
  ids: number
  spare: number
  /** Leaves to add to the scores: (from, to, float32 value) each. */
  leaves: number
  /** The second thread's own histogram, then those of open leaves. */
  secondHistogram: number
  histograms: number
  bytes: number
}

/** What a thread needs to take part. */
export interface GbdtShared {
  memory: WasmMemory
  code: WasmCode
  layout: GbdtLayout
  objective: GbdtObjective
  quantile: number
}

export const mostLeaves = 65_536

export function planLayout(
  size: Pick<GbdtLayout, 'rows' | 'width' | 'groups' | 'pairs'> & { slots: number; weighted: boolean },
): GbdtLayout {
  const { rows, width, groups, pairs, slots, weighted } = size
  let bytes = 0
  const take = (count: number) => {
    const at = bytes
    bytes += Math.ceil(count / 64) * 64
    return at
  }
  const layout = {
    rows,
    width,
    groups,
    pairs,
    control: take(controlBytes),
    goesLeft: take(256),
    drawn: take(8 * width),
    bins: take(rows * width),
    columns: take(rows * width),
    target: take(4 * rows),
    weights: weighted ? take(4 * rows) : -1,
    scores: take(4 * rows * groups),
    probabilities: take(groups > 1 ? 4 * rows * groups : 0),
    gradients: take(8 * rows),
    ids: take(4 * rows),
    spare: take(4 * rows),
    leaves: take(12 * Math.min(rows, mostLeaves)),
    secondHistogram: take(16 * pairs),
    histograms: take(16 * pairs * slots),
  }
  return { ...layout, bytes }
}

export const pagesOf = (layout: GbdtLayout): number => Math.ceil(layout.bytes / pageBytes)
