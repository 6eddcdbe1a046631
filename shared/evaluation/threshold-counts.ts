/** HOT LOOP: one sort and one pass over all held-out rows. */
import { z } from 'zod'

const count = z.number().int().min(0)

/** As it stands in `evaluation.json`. */
export const thresholdCountsSchema = z.strictObject({
  /** Descending; a row is predicted positive where its score is at least the threshold. */
  thresholds: z.array(z.number()),
  truePositives: z.array(count),
  falsePositives: z.array(count),
  positives: count,
  negatives: count,
})

/**
 * The confusion counts at every distinct score, from which the ROC, precision–recall, gain and cost curves and
 * the movable threshold are all read off. Both typed arrays and a report's plain arrays are of this shape.
 */
export interface ThresholdCounts {
  readonly thresholds: ArrayLike<number>
  readonly truePositives: ArrayLike<number>
  readonly falsePositives: ArrayLike<number>
  readonly positives: number
  readonly negatives: number
}

/**
 * Counts at every distinct score.
 *
 * @param actual class index per row
 * @param scores P(positive) per row, at `scores[r * stride + offset]`
 * @param positive the class index that counts as positive
 */
export function thresholdCounts(
  actual: ArrayLike<number>,
  scores: ArrayLike<number>,
  positive = 1,
  stride = 1,
  offset = 0,
): ThresholdCounts {
  const rows = actual.length
  // Sorting numbers alone is several times faster than sorting places by their scores.
  const high = new Float64Array(rows)
  const low = new Float64Array(rows)
  let positives = 0
  let negatives = 0
  for (let r = 0; r < rows; r++) {
    const score = scores[r * stride + offset]!
    if (actual[r] === positive) high[positives++] = score
    else low[negatives++] = score
  }
  const above = high.subarray(0, positives).sort()
  const below = low.subarray(0, negatives).sort()
  const thresholds = new Float64Array(rows)
  const truePositives = new Float64Array(rows)
  const falsePositives = new Float64Array(rows)
  let p = positives - 1
  let n = negatives - 1
  let length = 0
  while (p >= 0 || n >= 0) {
    const threshold = Math.max(p >= 0 ? above[p]! : -Infinity, n >= 0 ? below[n]! : -Infinity)
    while (p >= 0 && above[p] === threshold) p--
    while (n >= 0 && below[n] === threshold) n--
    thresholds[length] = threshold
    truePositives[length] = positives - 1 - p
    falsePositives[length] = negatives - 1 - n
    length++
  }
  return {
    thresholds: thresholds.slice(0, length),
    truePositives: truePositives.slice(0, length),
    falsePositives: falsePositives.slice(0, length),
    positives,
    negatives,
  }
}

/**
 * At most `most` of the thresholds (at least 3), evenly spaced by the rows they admit, with the first, the last and
 * the one that decides at 0.5. Every count that is kept is exact.
 */
export function thinThresholds(counts: ThresholdCounts, most: number): z.infer<typeof thresholdCountsSchema> {
  const { thresholds, truePositives, falsePositives, positives, negatives } = counts
  const length = thresholds.length
  const kept: number[] = []
  if (length <= most) {
    for (let i = 0; i < length; i++) kept.push(i)
  } else {
    const half = placeOf(thresholds, 0.5)
    const rows = positives + negatives
    let next = 0
    for (let i = 0; i < length; i++) {
      const admitted = truePositives[i]! + falsePositives[i]!
      if (admitted < next && i !== half && i !== length - 1) continue
      kept.push(i)
      next = Math.max(next, (Math.floor((admitted * (most - 3)) / rows) + 1) * (rows / (most - 3)))
    }
  }
  return {
    thresholds: kept.map((i) => thresholds[i]!),
    truePositives: kept.map((i) => truePositives[i]!),
    falsePositives: kept.map((i) => falsePositives[i]!),
    positives,
    negatives,
  }
}

/** The last place whose threshold is at least `threshold`; −1 where all lie below it. */
export function placeOf(thresholds: ArrayLike<number>, threshold: number): number {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (thresholds[middle]! >= threshold) low = middle + 1
    else high = middle
  }
  return low - 1
}

export interface Confusion {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
}

/** The confusion matrix where rows are positive from `threshold` on. */
export function confusionAt(counts: ThresholdCounts, threshold: number): Confusion {
  return confusionAtPlace(counts, placeOf(counts.thresholds, threshold))
}

/** The confusion matrix at a place among the thresholds; at −1 nothing is predicted positive. */
export function confusionAtPlace(counts: ThresholdCounts, place: number): Confusion {
  const truePositives = place < 0 ? 0 : counts.truePositives[place]!
  const falsePositives = place < 0 ? 0 : counts.falsePositives[place]!
  return {
    truePositives,
    falsePositives,
    falseNegatives: counts.positives - truePositives,
    trueNegatives: counts.negatives - falsePositives,
  }
}
