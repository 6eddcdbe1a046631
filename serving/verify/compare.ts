import type { Label } from '../../shared/signature/signature.ts'

/** How predictions made now compare with those made at training time. */
export interface Comparison {
  rows: number
  different: number
  /** Between numbers; 0 when all are equal to the last bit. */
  largest: number
}

export interface Outcome {
  predictions: readonly Label[]
  /** A probability per class; null for regression. */
  probabilities: readonly (readonly number[])[] | null
}

function gap(a: unknown, b: unknown): number {
  if (a === b) return 0
  const size = typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) : Number.NaN
  // What is no number, such as an output that has no such column, is no near miss.
  return Number.isNaN(size) ? Number.POSITIVE_INFINITY : size
}

export function compareOutcomes(expected: Outcome, found: Outcome): Comparison {
  const rows = expected.predictions.length
  let different = Math.abs(rows - found.predictions.length)
  let largest = different > 0 ? Number.POSITIVE_INFINITY : 0
  for (const [row, prediction] of expected.predictions.entries()) {
    let rowGap = gap(prediction, found.predictions[row])
    if (expected.probabilities && found.probabilities) {
      const mine = expected.probabilities[row] ?? []
      const theirs = found.probabilities[row] ?? []
      if (mine.length !== theirs.length) rowGap = Number.POSITIVE_INFINITY
      for (const [k, value] of mine.entries()) rowGap = Math.max(rowGap, gap(value, theirs[k]))
    }
    if (rowGap > 0 && row < found.predictions.length) different++
    largest = Math.max(largest, rowGap)
  }
  return { rows, different, largest }
}

export function describeComparison({ rows, different, largest }: Comparison): string {
  if (different === 0) return `${rows} rows, largest difference 0`
  const size = Number.isFinite(largest) ? largest.toExponential(2) : 'another value'
  return `${different} of ${rows} rows differ, largest difference ${size}`
}
