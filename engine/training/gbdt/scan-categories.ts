/** HOT LOOP: looks through the category sets of a node's histogram (benchmark: bench/gbdt.ts). */
import type { NodeSums, SplitRules } from './split-rules.ts'

export interface CategorySplit {
  score: number
  /** 1 for each bin that goes left. */
  leftBins: Uint8Array
  missingLeft: boolean
  gradient: number
  hessian: number
}

/** Categories on the smaller side of a split at most, as XGBoost's `max_cat_threshold` has it. */
const mostOnOneSide = 64

/**
 * The best split of a feature's categories into two sets, null where none is allowed. Fewer than `maxCatToOnehot`
 * categories are tried one against the rest; more are ordered by the weight of a leaf of their own, among whose
 * prefixes the best set is found (Fisher, "On grouping for maximum homogeneity", 1958), as XGBoost and LightGBM do.
 * A category too light for a leaf stands in the middle, at weight 0.
 *
 * @param start place of the feature's first gradient; (gradient, hessian) of `count` bins, then those of missing values
 * @param pairScore what a split is worth, by the sums of its left child
 */
export function scanCategories(
  histogram: Float64Array,
  start: number,
  count: number,
  node: NodeSums,
  rules: SplitRules,
  someMissing: boolean,
  pairScore: (gradient: number, hessian: number) => number,
): CategorySplit | null {
  const { gradient: total, hessian: weight } = node
  const missing = start + 2 * count
  const [missingGradient, missingHessian] = [histogram[missing]!, histogram[missing + 1]!]
  let score = Number.NEGATIVE_INFINITY
  let size = 0
  let from = 0
  let missingLeft = false
  let gradient = 0
  let hessian = 0
  /** Tries the bins at places `at … at + many` of the order on the right, those that miss it on either side. */
  const consider = (g: number, h: number, at: number, many: number) => {
    const whole = pairScore(total - g, weight - h)
    if (whole > score) {
      score = whole
      size = many
      from = at
      gradient = total - g
      hessian = weight - h
      missingLeft = someMissing || 2 * (weight - h) > weight
    }
    if (!someMissing) return
    const left = pairScore(total - g - missingGradient, weight - h - missingHessian)
    if (left > score) {
      score = left
      size = many
      from = at
      gradient = total - g - missingGradient
      hessian = weight - h - missingHessian
      missingLeft = false
    }
  }
  const order = Array.from({ length: count }, (_, b) => b)
  if (count < rules.maxCatToOnehot) {
    for (let b = 0; b < count; b++) consider(histogram[start + 2 * b]!, histogram[start + 2 * b + 1]!, b, 1)
  } else {
    const weights = order.map((b) => {
      const h = histogram[start + 2 * b + 1]!
      if (!(h > 0) || h < rules.minChildWeight) return 0
      const g = histogram[start + 2 * b]!
      const force = g > rules.l1 ? g - rules.l1 : g < -rules.l1 ? g + rules.l1 : 0
      return -force / (h + rules.l2)
    })
    order.sort((a, b) => weights[a]! - weights[b]!)
    let g = 0
    let h = 0
    // All of them against the missing ones is a split too.
    const end = someMissing ? count : count - 1
    for (let many = 1; many <= end; many++) {
      const b = order[many - 1]!
      g += histogram[start + 2 * b]!
      h += histogram[start + 2 * b + 1]!
      if (many < mostOnOneSide || count - many < mostOnOneSide) consider(g, h, 0, many)
    }
  }
  if (score === Number.NEGATIVE_INFINITY) return null
  const leftBins = new Uint8Array(count).fill(1)
  for (const b of order.slice(from, from + size)) leftBins[b] = 0
  return { score, leftBins, missingLeft, gradient, hessian }
}
