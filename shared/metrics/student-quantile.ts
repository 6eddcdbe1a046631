/** ln Γ(x) for x > 0 by Lanczos's approximation (g = 7, n = 9), to 1e-13. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ]
  const z = x - 1
  let sum = 0.99999999999980993
  terms.forEach((term, i) => {
    sum += term / (z + i + 1)
  })
  const t = z + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** Regularised incomplete beta function by its continued fraction (Lentz), DLMF 8.17.22. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const tiny = 1e-300
  const front =
    Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a
  let c = 1
  let d = 1 / Math.max(tiny, 1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    const before = fraction
    for (const step of [even, odd]) {
      d = 1 / (1 + step * d || tiny)
      c = 1 + step / c || tiny
      fraction *= c * d
    }
    if (Math.abs(fraction / before - 1) < 1e-15) break
  }
  return front * fraction
}

/** P(T ≤ t) of Student's t distribution, `degrees` > 0. */
export function studentCdf(t: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  return t > 0 ? 1 - tail : tail
}

/** The `p` quantile of Student's t distribution, 0 < p < 1, by bisection of its distribution function to 1e-10. */
export function studentQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degrees)
  let low = 0
  let high = 1
  while (studentCdf(high, degrees) < p) high *= 2
  while (high - low > 1e-11 * high) {
    const middle = (low + high) / 2
    if (studentCdf(middle, degrees) < p) low = middle
    else high = middle
    if (middle === low && middle === high) break
  }
  return (low + high) / 2
}
