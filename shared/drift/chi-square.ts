/** Lanczos approximation (g = 7, nine terms): natural logarithm of Γ(x) for x > 0, to about 15 digits. */
export function logGamma(x: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ]
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  let sum = 0.99999999999980993
  for (let i = 0; i < coefficients.length; i++) sum += coefficients[i]! / (shifted + i + 1)
  const t = shifted + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum)
}

/**
 * Regularised upper incomplete gamma Q(a, x) = Γ(a, x) / Γ(a), a > 0, x ≥ 0.
 * A series below a + 1 and Lentz's continued fraction above, where each converges fast
 * (Abramowitz and Stegun 6.5.29 and 6.5.31).
 */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1
  if (x === Number.POSITIVE_INFINITY) return 0
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let k = 1; k < 10_000; k++) {
      term *= x / (a + k)
      sum += term
      if (term < sum * 1e-16) break
    }
    return Math.max(0, 1 - sum * scale)
  }
  const tiny = 1e-300
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let h = d
  for (let k = 1; k < 10_000; k++) {
    const an = -k * (k - a)
    b += 2
    d = an * d + b
    if (Math.abs(d) < tiny) d = tiny
    c = b + an / c
    if (Math.abs(c) < tiny) c = tiny
    d = 1 / d
    const delta = d * c
    h *= delta
    if (Math.abs(delta - 1) < 1e-16) break
  }
  return Math.min(1, scale * h)
}

/** P(χ²(df) > x). With df = 0 the variable is the constant 0. */
export function chiSquareSurvival(x: number, df: number): number {
  if (df <= 0) return x > 0 ? 0 : 1
  return upperGamma(df / 2, x / 2)
}

/** The x with P(χ²(df) > x) = alpha, by bisection. */
export function chiSquareQuantile(alpha: number, df: number): number {
  let low = 0
  let high = df + 10
  while (chiSquareSurvival(high, df) > alpha) high *= 2
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2
    if (chiSquareSurvival(middle, df) > alpha) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** P(noncentral χ²(df, lambda) > x): a Poisson(lambda / 2) mixture of central ones with df + 2j. */
export function noncentralChiSquareSurvival(x: number, df: number, lambda: number): number {
  const half = lambda / 2
  const reach = 12 * Math.sqrt(half + 1) + 12
  const first = Math.max(0, Math.floor(half - reach))
  let sum = 0
  for (let j = first; j <= half + reach; j++) {
    const weight = half === 0 ? (j === 0 ? 1 : 0) : Math.exp(-half + j * Math.log(half) - logGamma(j + 1))
    sum += weight * chiSquareSurvival(x, df + 2 * j)
  }
  return Math.min(1, sum)
}
