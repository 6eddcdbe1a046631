/** Keeps the logarithm of a probability finite, with the bound scikit-learn uses: the float64 epsilon. */
export function clipProbability(p: number): number {
  return Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON)
}
