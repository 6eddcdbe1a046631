import { chiSquareQuantile, noncentralChiSquareSurvival } from './chi-square.ts'

const known = new Map<string, number>()

/**
 * Noncentrality at which a χ²(df) test at `alpha` rejects with probability `power`.
 * Remembered: the answer depends on three numbers and every poll asks for the same few.
 */
function neededNoncentrality(df: number, alpha: number, power: number): number {
  const key = `${df} ${alpha} ${power}`
  const remembered = known.get(key)
  if (remembered !== undefined) return remembered
  const threshold = chiSquareQuantile(alpha, df)
  let low = 0
  let high = 10
  while (noncentralChiSquareSurvival(threshold, df, high) < power) high *= 2
  while (high - low > 1e-6 * high) {
    const middle = (low + high) / 2
    if (noncentralChiSquareSurvival(threshold, df, middle) < power) low = middle
    else high = middle
  }
  known.set(key, high)
  return high
}

export interface VisibleShift {
  /** Smallest true PSI that the test finds with the wanted power; infinite for an empty side. */
  psi: number
  /** The same as a shift of the mean in standard deviations, were the column normal: there PSI = shift². */
  sd: number
}

/**
 * The smallest shift that a window of `n` rows can show against a baseline of `m` rows on `B` filled slots.
 * Under a true PSI the statistic PSI / (1/n + 1/m) is about noncentral χ²(B − 1) with PSI / (1/n + 1/m) as its
 * noncentrality.
 */
export function smallestVisibleShift(
  n: number,
  m: number,
  B: number,
  alpha = 0.01,
  power = 0.8,
): VisibleShift {
  if (n <= 0 || m <= 0) return { psi: Number.POSITIVE_INFINITY, sd: Number.POSITIVE_INFINITY }
  const psi = neededNoncentrality(Math.max(1, B - 1), alpha, power) * (1 / n + 1 / m)
  return { psi, sd: Math.sqrt(psi) }
}
