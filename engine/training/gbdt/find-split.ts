/** HOT LOOP: looks through every bin of every node's histogram (benchmark: bench/gbdt.ts). */
import type { FeatureBins } from './bins.ts'
import { scanCategories } from './scan-categories.ts'
import { boundedPairScore, boundedScore, type NodeSums, type SplitRules, scoreOf } from './split-rules.ts'

export interface Split {
  gain: number
  feature: number
  /** Bins up to this one go left. */
  bin: number
  threshold: number
  /** Of a split on categories, 1 for each bin that goes left; null for one on numbers. */
  leftBins: Uint8Array | null
  missingLeft: boolean
  /** Sums over the left child. */
  gradient: number
  hessian: number
}

const largestFloat = Math.fround(3.4028234e38)

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
  bins: readonly FeatureBins[],
  features: ArrayLike<number>,
  node: NodeSums,
  rules: SplitRules,
): Split | null {
  const { l1, l2, minChildWeight, maxStep, monotone } = rules
  const { gradient: total, hessian: weight } = node
  const isBounded = monotone.length > 0
  const parent = isBounded ? boundedScore(node, rules) : scoreOf(total, weight, l1, l2, maxStep)
  let best = Number.NEGATIVE_INFINITY
  let feature = -1
  let bin = 0
  let missingLeft = false
  let gradient = 0
  let hessian = 0
  let leftBins: Uint8Array | null = null
  for (let i = 0; i < features.length; i++) {
    const f = features[i]!
    const start = 2 * offsets[f]!
    const { codes, cuts, count } = bins[f]!
    const missing = start + 2 * count
    const missingGradient = histogram[missing]!
    const missingHessian = histogram[missing + 1]!
    const someMissing = missingHessian > 1e-9 * weight
    const sign = isBounded ? (monotone[f] ?? 0) : 0
    /** Score of a split whose left child has these sums; −∞ where a child is too light. */
    const pairScore = (g: number, h: number): number => {
      if (!(h >= minChildWeight && weight - h >= minChildWeight)) return Number.NEGATIVE_INFINITY
      return isBounded
        ? boundedPairScore(node, g, h, sign, rules)
        : scoreOf(g, h, l1, l2, maxStep) + scoreOf(total - g, weight - h, l1, l2, maxStep)
    }
    if (codes !== null) {
      const scan = scanCategories(histogram, start, count, node, rules, someMissing, pairScore)
      if (scan && scan.score > best) {
        best = scan.score
        feature = f
        ;({ gradient, hessian, missingLeft, leftBins } = scan)
      }
      continue
    }
    const last = cuts.length
    // Where some miss it, "is there at all" is a split too.
    const end = someMissing ? last + 1 : last
    let g = 0
    let h = 0
    for (let b = 0; b < end; b++) {
      g += histogram[start + 2 * b]!
      h += histogram[start + 2 * b + 1]!
      const score = pairScore(g, h)
      if (score > best) {
        best = score
        feature = f
        bin = b
        leftBins = null
        gradient = g
        hessian = h
        missingLeft = !someMissing && h + h > weight
      }
      if (!someMissing || b === last) continue
      const gm = g + missingGradient
      const hm = h + missingHessian
      const scoreMissing = pairScore(gm, hm)
      if (scoreMissing > best) {
        best = scoreMissing
        feature = f
        bin = b
        leftBins = null
        gradient = gm
        hessian = hm
        missingLeft = true
      }
    }
  }
  const gain = best - parent
  // Below rounding, a gain is no gain.
  if (feature < 0 || !(gain > rules.gamma) || !(gain > 1e-9 * best)) return null
  const threshold = leftBins ? 0 : (bins[feature]!.cuts[bin] ?? largestFloat)
  return { gain, feature, bin, threshold, leftBins, missingLeft, gradient, hessian }
}
