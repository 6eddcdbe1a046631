import { chiSquareSurvival } from './chi-square.ts'

/** Two count vectors over the same slots, as shares that sum to one, over the slots that either side has filled. */
export interface Shares {
  /** Baseline and live shares with +½ in every slot, renormalised; slots empty on both sides are left out. */
  readonly p: Float64Array
  readonly q: Float64Array
  /** Rows of the baseline and of the window. */
  readonly m: number
  readonly n: number
}

export function total(counts: readonly number[]): number {
  let sum = 0
  for (const count of counts) sum += count
  return sum
}

/** @throws RangeError when the vectors differ in length: they were counted on different layouts */
export function sharesOf(baseline: readonly number[], live: readonly number[]): Shares {
  if (baseline.length !== live.length) {
    throw new RangeError(`Counts of ${baseline.length} and ${live.length} slots cannot be compared.`)
  }
  const kept: number[] = []
  for (let i = 0; i < baseline.length; i++) if (baseline[i]! + live[i]! > 0) kept.push(i)
  const m = total(baseline)
  const n = total(live)
  const p = new Float64Array(kept.length)
  const q = new Float64Array(kept.length)
  for (let k = 0; k < kept.length; k++) {
    p[k] = (baseline[kept[k]!]! + 0.5) / (m + 0.5 * kept.length)
    q[k] = (live[kept[k]!]! + 0.5) / (n + 0.5 * kept.length)
  }
  return { p, q, m, n }
}

/** Population stability index, Σ (p − q) ln(p / q): the symmetric Kullback–Leibler divergence in nats. */
export function psi({ p, q, n, m }: Shares): number {
  if (n === 0 || m === 0) return 0
  let sum = 0
  for (let i = 0; i < p.length; i++) sum += (p[i]! - q[i]!) * Math.log(p[i]! / q[i]!)
  return sum
}

/** P(a PSI this large with no drift): under none, PSI ≈ (1/n + 1/m) χ²(B − 1), B the slots either side has filled. */
export function psiPValue(shares: Shares): number {
  const { n, m, p } = shares
  if (n === 0 || m === 0 || p.length < 2) return 1
  return chiSquareSurvival(psi(shares) / (1 / n + 1 / m), p.length - 1)
}

/** Jensen–Shannon distance, √(½ KL(p‖M) + ½ KL(q‖M)) with M the mean, in base 2: 0 to 1. */
export function jensenShannon({ p, q, n, m }: Shares): number {
  if (n === 0 || m === 0) return 0
  let sum = 0
  for (let i = 0; i < p.length; i++) {
    const middle = (p[i]! + q[i]!) / 2
    sum += p[i]! * Math.log2(p[i]! / middle) + q[i]! * Math.log2(q[i]! / middle)
  }
  return Math.sqrt(Math.max(0, sum / 2))
}

/** Hellinger distance, √(½ Σ (√p − √q)²): 0 to 1. */
export function hellinger({ p, q, n, m }: Shares): number {
  if (n === 0 || m === 0) return 0
  let sum = 0
  for (let i = 0; i < p.length; i++) sum += (Math.sqrt(p[i]!) - Math.sqrt(q[i]!)) ** 2
  return Math.sqrt(sum / 2)
}

/** Largest difference of a slot's share. */
export function lInfinity({ p, q, n, m }: Shares): number {
  if (n === 0 || m === 0) return 0
  let largest = 0
  for (let i = 0; i < p.length; i++) largest = Math.max(largest, Math.abs(p[i]! - q[i]!))
  return largest
}
