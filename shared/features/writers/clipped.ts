/** Single precision, in which models count, ends at 3.4e38: powers and products stay this far below it. */
const farthest = 1e30

/** A number no further from zero than 1e30; NaN stays. */
export function clipped(value: number): number {
  return value > farthest ? farthest : value < -farthest ? -farthest : value
}
