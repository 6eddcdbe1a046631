/** HOT: whether there is no NaN and no ±∞ among the first `count` scores (benchmark: bench/batch.ts). */
export function allFinite(scores: Float64Array, count: number): boolean {
  let sum = 0
  for (let i = 0; i < count; i++) sum += scores[i]! * 0
  return sum === 0
}
