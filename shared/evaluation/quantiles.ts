/**
 * Quantiles by linear interpolation between order statistics, NumPy's default.
 *
 * @param sorted ascending, at least one
 * @param at probabilities from 0 to 1
 */
export function quantiles(sorted: ArrayLike<number>, at: readonly number[]): number[] {
  const last = sorted.length - 1
  return at.map((probability) => {
    const position = probability * last
    const below = Math.min(Math.max(Math.floor(position), 0), last)
    const above = Math.min(below + 1, last)
    const low = sorted[below]!
    const high = sorted[above]!
    const part = position - below
    return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part)
  })
}
