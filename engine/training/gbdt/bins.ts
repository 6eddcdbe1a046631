/** HOT LOOP: every value is put into a bin once, before the first tree (benchmark: bench/gbdt.ts). */
import type { GbdtRows } from './gbdt-parameters.ts'

/**
 * Where one input's bins end, ascending: bin b holds values from `cuts[b − 1]` up to but not including `cuts[b]`,
 * so "less than `cuts[b]`" and "in bin b or before" are the same rows. Bin `cuts.length + 1` is that of missing values.
 */
export type Cuts = Float32Array

/** How one input's values become bins: `count` bins of values, then that of missing ones. */
export interface FeatureBins {
  readonly count: number
  /** Of numbers; empty for categories. */
  readonly cuts: Cuts
  /** Of categories, the bin of each code; null for numbers. Codes that share a bin always go the same way. */
  readonly codes: Uint8Array | null
}

/** Rows that bins are chosen from: all of them, or evenly spaced ones of more. */
const sampledRows = 262_144
/** Values that may be held while choosing bins. */
const sampledValues = 33_554_432
const chunkRows = 4096

const numberBins = (cuts: Cuts): FeatureBins => ({ count: cuts.length + 1, cuts, codes: null })

/** Halfway between two values, as float32, above the lower and at most the higher. */
function between(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2)
  return middle > low ? middle : high
}

/**
 * Cuts of one input so that bins hold about equally many of the sorted values; between all distinct ones where
 * they are few enough.
 */
export function chooseCuts(sorted: Float32Array, maxBins: number): Cuts {
  const most = maxBins - 2
  const cuts: number[] = []
  let distinct = sorted.length > 0 ? 1 : 0
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct++
  if (distinct <= most + 1) {
    for (let i = 1; i < sorted.length; i++) {
      if (sorted[i] !== sorted[i - 1]) cuts.push(between(sorted[i - 1]!, sorted[i]!))
    }
    return Float32Array.from(cuts)
  }
  // A value that fills more than one bin takes one; the bins left are shared out among the rows left.
  let start = 0
  for (let left = most + 1; left > 1 && start < sorted.length; left--) {
    let at = start + Math.max(1, Math.round((sorted.length - start) / left))
    while (at < sorted.length && sorted[at] === sorted[at - 1]) at++
    if (at >= sorted.length) break
    cuts.push(between(sorted[at - 1]!, sorted[at]!))
    start = at
  }
  return Float32Array.from(cuts)
}

function overChunks(
  from: GbdtRows,
  visit: (values: Float32Array, start: number, count: number) => void,
): void {
  for (let start = 0; start < from.rows; start += chunkRows) {
    const end = Math.min(start + chunkRows, from.rows)
    visit(from.read(start, end), start, end - start)
  }
}

/** A bin for every category where there are enough, else the most frequent ones have their own and the others share one. */
export function chooseCategoryBins(values: Float32Array, categories: number, maxBins: number): FeatureBins {
  const most = maxBins - 1
  const cuts = new Float32Array(0)
  const codes = new Uint8Array(categories)
  if (categories <= most) return { count: categories, cuts, codes: codes.map((_, code) => code) }
  const counts = new Int32Array(categories)
  for (const code of values) if (code >= 0 && code < categories) counts[code] = counts[code]! + 1
  const byCount = Array.from(counts, (_, code) => code).sort((a, b) => counts[b]! - counts[a]!)
  byCount.forEach((code, place) => {
    codes[code] = Math.min(place, most - 1)
  })
  return { count: most, cuts, codes }
}

/**
 * Bins of every input. Infinite values count as the largest and smallest numbers.
 *
 * @param categories per input, how many categories its values are the codes of; 0 or absent for numbers
 */
export function fitBins(train: GbdtRows, maxBins: number, categories: readonly number[] = []): FeatureBins[] {
  const { rows, width } = train
  const wanted = Math.min(rows, sampledRows, Math.max(20_000, Math.floor(sampledValues / width)))
  const step = rows / wanted
  const samples = Array.from({ length: width }, () => new Float32Array(wanted))
  const counts = new Int32Array(width)
  let taken = 0
  overChunks(train, (values, start, count) => {
    for (let next = Math.floor(taken * step); taken < wanted && next < start + count; ) {
      const row = (next - start) * width
      for (let f = 0; f < width; f++) {
        const value = values[row + f]!
        if (!Number.isNaN(value)) samples[f]![counts[f]!++] = value
      }
      taken++
      next = Math.floor(taken * step)
    }
  })
  return samples.map((values, f) => {
    const found = values.subarray(0, counts[f]!)
    const codes = categories[f] ?? 0
    return codes > 0
      ? chooseCategoryBins(found, codes, maxBins)
      : numberBins(chooseCuts(found.sort(), maxBins))
  })
}

/** Writes each value's bin row-major into `byRow` and, where given, column by column into `byColumn`. */
export function binRows(
  from: GbdtRows,
  features: readonly FeatureBins[],
  byRow: Uint8Array,
  byColumn?: Uint8Array,
): void {
  const { rows, width } = from
  overChunks(from, (values, start, count) => {
    for (let f = 0; f < width; f++) {
      const { cuts: ends, codes, count: missing } = features[f]!
      const bins = ends.length
      for (let r = 0, at = f; r < count; r++, at += width) {
        const value = values[at]!
        let bin = 0
        if (Number.isNaN(value)) bin = missing
        else if (codes !== null) bin = codes[value] ?? missing
        else {
          let size = bins
          while (size > 0) {
            const half = size >> 1
            if (ends[bin + half]! <= value) {
              bin += half + 1
              size -= half + 1
            } else size = half
          }
        }
        byRow[start * width + at] = bin
        if (byColumn) byColumn[f * rows + start + r] = bin
      }
    }
  })
}
