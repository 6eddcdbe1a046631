/** HOT LOOP: counts every served value; the budget is 50 ns a value (benchmark: bench/serving.ts). */
import { missingCode } from '../features/batch.ts'
import type { ColumnCounts, ColumnLayout } from './baseline.ts'
import { slotCount, specialSlots } from './count-slots.ts'

/** Counts of one column that grow by whole arrays of values. */
export interface ColumnCounter {
  /** Values `start, start + step, …`, `rows` of them; numbers, or category codes. */
  add(values: ArrayLike<number>, start: number, step: number, rows: number): void
  counts(): ColumnCounts
  reset(): void
}

/**
 * Moments take numbers beyond this as this: the square of one such as 1e308 is no finite number, which no JSON holds, and
 * a window that holds one could not be read. Squares of these add up, also over merged windows.
 */
const largestInMoments = 1e140

function numericCounter(layout: Extract<ColumnLayout, { kind: 'numeric' }>): ColumnCounter {
  const edges = Float64Array.from(layout.edges)
  const special = specialSlots(layout)
  if (special.kind !== 'numeric') throw new Error('A numeric layout has numeric slots.')
  const lastEdge = edges.length - 1
  const lowest = edges[0]!
  const highest = edges[lastEdge]!
  const slots = new Float64Array(slotCount(layout))
  let n = 0
  let mean = 0
  let m2 = 0
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY

  /** The last edge at or below the value begins its bin; the last bin is closed on the right. */
  const slotOf = (value: number): number => {
    if (value < lowest) return 0
    if (value > highest || lastEdge === 0) return special.above
    // Halves without a branch that depends on the data: a mispredicted one costs more than the whole step.
    let bin = 0
    let width = lastEdge
    while (width > 1) {
      const half = width >> 1
      bin += half * +(edges[bin + half]! <= value)
      width -= half
    }
    return bin + 1
  }

  return {
    add(values, start, step, rows) {
      // Sums of the differences from a value near the mean, joined with the moments so far afterwards
      // (Chan, Golub and LeVeque 1979): Welford's division for every value would cost more than all the rest.
      let shift = mean
      let added = 0
      let sum = 0
      let squares = 0
      for (let r = 0, at = start; r < rows; r++, at += step) {
        const value = values[at]!
        if (value - value !== 0) {
          const slot = Number.isNaN(value) ? special.missing : special.infinite
          slots[slot] = slots[slot]! + 1
          continue
        }
        const slot = slotOf(value)
        slots[slot] = slots[slot]! + 1
        const moderate = Math.max(-largestInMoments, Math.min(largestInMoments, value))
        if (n + added === 0) shift = moderate
        added++
        const difference = moderate - shift
        sum += difference
        squares += difference * difference
        if (value < min) min = value
        if (value > max) max = value
      }
      if (added === 0) return
      const delta = shift + sum / added - mean
      const total = n + added
      m2 += Math.max(squares - (sum * sum) / added, 0) + delta * delta * ((n * added) / total)
      mean += delta * (added / total)
      n = total
    },
    counts: () => ({
      counts: Array.from(slots),
      n,
      mean,
      m2,
      min: n === 0 ? null : min,
      max: n === 0 ? null : max,
    }),
    reset() {
      slots.fill(0)
      n = 0
      mean = 0
      m2 = 0
      min = Number.POSITIVE_INFINITY
      max = Number.NEGATIVE_INFINITY
    },
  }
}

/** @param slotOfCode slot by category code, for codes from 0; codes beyond are of categories that nothing counts alone */
function categoricalCounter(
  layout: Extract<ColumnLayout, { kind: 'categorical' }>,
  slotOfCode: Int32Array,
): ColumnCounter {
  const special = specialSlots(layout)
  if (special.kind !== 'categorical') throw new Error('A categorical layout has categorical slots.')
  const slots = new Float64Array(slotCount(layout))
  const known = slotOfCode.length
  return {
    add(values, start, step, rows) {
      for (let r = 0, at = start; r < rows; r++, at += step) {
        const code = values[at]!
        const slot =
          code >= 0
            ? code < known
              ? slotOfCode[code]!
              : special.other
            : code === missingCode || Number.isNaN(code) // booleans are NaN where missing
              ? special.missing
              : special.unseen
        slots[slot] = slots[slot]! + 1
      }
    },
    counts: () => ({ counts: Array.from(slots), n: 0, mean: 0, m2: 0, min: null, max: null }),
    reset: () => {
      slots.fill(0)
    },
  }
}

/**
 * A counter for one column.
 *
 * @param dictionary what the column's codes mean; codes 0 and 1 of a boolean are `false` and `true`
 */
export function createColumnCounter(layout: ColumnLayout, dictionary: readonly string[]): ColumnCounter {
  if (layout.kind === 'numeric') return numericCounter(layout)
  const slotOfCategory = new Map(layout.categories.map((category, slot) => [category, slot]))
  const other = layout.categories.length
  const slotOfCode = Int32Array.from(dictionary, (category) => slotOfCategory.get(category) ?? other)
  return categoricalCounter(layout, slotOfCode)
}
