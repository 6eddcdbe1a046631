import { chiSquareQuantile, chiSquareSurvival, logGamma } from '../drift/chi-square.ts'

/**
 * Regularised incomplete beta I_x(a, b), by Lentz's continued fraction (Abramowitz and Stegun 26.5.8),
 * which converges fast below the mean; above it the complement is worked out.
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(a),
  )
  const tiny = 1e-300
  const settled = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / settled(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / settled(1 + even * d)
    c = settled(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / settled(1 + odd * d)
    c = settled(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return front * fraction
}

/** P(|T| > |t|) for Student's t with `degreesOfFreedom`; null is the normal distribution. */
export function twoSidedP(t: number, degreesOfFreedom: number | null): number {
  if (degreesOfFreedom === null) return chiSquareSurvival(t * t, 1)
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
}

/** The t with P(|T| > t) = `p`, by bisection. */
export function twoSidedQuantile(p: number, degreesOfFreedom: number | null): number {
  if (degreesOfFreedom === null) return Math.sqrt(chiSquareQuantile(p, 1))
  let low = 0
  let high = 2
  while (twoSidedP(high, degreesOfFreedom) > p) high *= 2
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2
    if (twoSidedP(middle, degreesOfFreedom) > p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
