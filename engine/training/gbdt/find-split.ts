/** HOT LOOP: looks through every bin of every node's histogram (benchmark: bench/gbdt.ts). */
import type { Cuts } from './bins.ts'

export interface Split {
  gain: number
  feature: number
  /** Bins up to this one go left. */
  bin: number
  threshold: number
  missingLeft: boolean
  /** Sums over the left child. */
  gradient: number
  hessian: number
}

export interface SplitRules {
  l1: number
  l2: number
  gamma: number
  minChildWeight: number
  /** Largest margin of a leaf before the learning rate; 0 is no limit. */
  maxStep: number
}

const largestFloat = Math.fround(3.4028234e38)

/** The gradient sum less what L1 takes from it. */
function shrunk(gradient: number, l1: number): number {
  if (l1 === 0) return gradient
  return gradient > l1 ? gradient - l1 : gradient < -l1 ? gradient + l1 : 0
}

/** The margin that lowers a leaf's loss most, to second order. */
export function bestWeight(gradient: number, hessian: number, { l1, l2, maxStep }: SplitRules): number {
  const total = hessian + l2
  const weight = total > 0 ? -shrunk(gradient, l1) / total : 0
  return maxStep > 0 ? Math.min(Math.max(weight, -maxStep), maxStep) : weight
}

/** Twice what a leaf of these rows lowers the loss by. */
function scoreOf(gradient: number, hessian: number, l1: number, l2: number, maxStep: number): number {
  const force = shrunk(gradient, l1)
  const total = hessian + l2
  if (!(total > 0)) return 0
  return maxStep > 0 && Math.abs(force) > maxStep * total
    ? maxStep * (2 * Math.abs(force) - total * maxStep)
    : (force * force) / total
}

/**
 * The split that lowers a node's loss most, or null where none is worth it: gain = score(left) + score(right) −
 * score(node), score = G² / (H + l2), as in Chen & Guestrin, "XGBoost" (2016), eq. 7 without its factor ½.
 * Missing values try both sides; where a node has none, rows that miss it later follow the heavier child.
 *
 * @param histogram (gradient, hessian) pairs; those of feature f begin at pair `offsets[f]`
 */
export function findSplit(
  histogram: Float64Array,
  offsets: ArrayLike<number>,
  cuts: readonly Cuts[],
  features: ArrayLike<number>,
  node: { gradient: number; hessian: number },
  rules: SplitRules,
): Split | null {
  const { l1, l2, minChildWeight, maxStep } = rules
  const { gradient: total, hessian: weight } = node
  const parent = scoreOf(total, weight, l1, l2, maxStep)
  let best = Number.NEGATIVE_INFINITY
  let feature = -1
  let bin = 0
  let missingLeft = false
  let gradient = 0
  let hessian = 0
  for (let i = 0; i < features.length; i++) {
    const f = features[i]!
    const start = 2 * offsets[f]!
    const last = cuts[f]!.length
    const missing = start + 2 * (last + 1)
    const missingGradient = histogram[missing]!
    const missingHessian = histogram[missing + 1]!
    const someMissing = missingHessian > 1e-9 * weight
    // Where some miss it, "is there at all" is a split too.
    const end = someMissing ? last + 1 : last
    let g = 0
    let h = 0
    for (let b = 0; b < end; b++) {
      g += histogram[start + 2 * b]!
      h += histogram[start + 2 * b + 1]!
      if (h >= minChildWeight && weight - h >= minChildWeight) {
        const score = scoreOf(g, h, l1, l2, maxStep) + scoreOf(total - g, weight - h, l1, l2, maxStep)
        if (score > best) {
          best = score
          feature = f
          bin = b
          gradient = g
          hessian = h
          missingLeft = !someMissing && h + h > weight
        }
      }
      if (!someMissing || b === last) continue
      const gm = g + missingGradient
      const hm = h + missingHessian
      if (hm >= minChildWeight && weight - hm >= minChildWeight) {
        const score = scoreOf(gm, hm, l1, l2, maxStep) + scoreOf(total - gm, weight - hm, l1, l2, maxStep)
        if (score > best) {
          best = score
          feature = f
          bin = b
          gradient = gm
          hessian = hm
          missingLeft = true
        }
      }
    }
  }
  const gain = best - parent
  // Below rounding, a gain is no gain.
  if (feature < 0 || !(gain > rules.gamma) || !(gain > 1e-9 * best)) return null
  const threshold = cuts[feature]![bin] ?? largestFloat
  return { gain, feature, bin, threshold, missingLeft, gradient, hessian }
}
