/** HOT LOOP: sorted typed arrays, merged. */

/** Index of the first element that is not below `value` in a sorted array. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The area under the ROC curve of a score: the share of pairs of one of each class in which the second class's score
 * is the higher, ties counting half (Mann and Whitney). NaN where a class has none.
 *
 * @param lower scores of the one class, sorted
 * @param upper scores of the other, sorted
 */
export function rankArea(lower: Float64Array, upper: Float64Array): number {
  let wins = 0
  let below = 0
  let upTo = 0
  for (let i = 0; i < upper.length; i++) {
    const score = upper[i]!
    while (below < lower.length && lower[below]! < score) below++
    upTo = Math.max(upTo, below)
    while (upTo < lower.length && lower[upTo]! <= score) upTo++
    wins += (below + upTo) / 2
  }
  return wins / (lower.length * upper.length)
}
