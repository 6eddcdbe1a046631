export interface Rate {
  rate: number
  low: number
  high: number
}

/**
 * A share `k` of `n` with its Wilson score interval, which stays inside 0 to 1 and is honest at k = 0.
 *
 * @param z normal quantile of the confidence; 1.959964 is 95 %
 */
export function wilson(k: number, n: number, z = 1.959963984540054): Rate {
  if (n === 0) return { rate: 0, low: 0, high: 1 }
  const rate = k / n
  const z2 = z * z
  const centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
  const half = (z / (1 + z2 / n)) * Math.sqrt((rate * (1 - rate)) / n + z2 / (4 * n * n))
  return { rate, low: k === 0 ? 0 : centre - half, high: k === n ? 1 : centre + half }
}
