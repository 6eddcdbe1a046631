/** HOT LOOP: what a split is worth, worked out for every bin of every node (benchmark: bench/gbdt.ts). */

export interface SplitRules {
  l1: number
  l2: number
  gamma: number
  minChildWeight: number
  /** Largest margin of a leaf before the learning rate; 0 is no limit. */
  maxStep: number
  /** Per feature, 1 where predictions may only rise with it, −1 where only fall, else 0; empty without any such. */
  monotone: readonly number[]
  /** A feature with fewer categories is split one category against the rest. */
  maxCatToOnehot: number
}

/** A node's sums, and between which margins (before the learning rate) monotone splits above it keep its leaves. */
export interface NodeSums {
  gradient: number
  hessian: number
  low: number
  high: number
}

/** The gradient sum less what L1 takes from it. */
function shrunk(gradient: number, l1: number): number {
  if (l1 === 0) return gradient
  return gradient > l1 ? gradient - l1 : gradient < -l1 ? gradient + l1 : 0
}

/** The margin that lowers a leaf's loss most, to second order, within the node's bounds. */
export function bestWeight({ gradient, hessian, low, high }: NodeSums, rules: SplitRules): number {
  const { l1, l2, maxStep } = rules
  const total = hessian + l2
  const weight = total > 0 ? -shrunk(gradient, l1) / total : 0
  const held = maxStep > 0 ? Math.min(Math.max(weight, -maxStep), maxStep) : weight
  return Math.min(Math.max(held, low), high)
}

/** Twice what a leaf of these rows lowers the loss by. */
export function scoreOf(gradient: number, hessian: number, l1: number, l2: number, maxStep: number): number {
  const force = shrunk(gradient, l1)
  const total = hessian + l2
  if (!(total > 0)) return 0
  return maxStep > 0 && Math.abs(force) > maxStep * total
    ? maxStep * (2 * Math.abs(force) - total * maxStep)
    : (force * force) / total
}

/** The same for a leaf that is held within bounds. */
export function boundedScore(node: NodeSums, rules: SplitRules): number {
  const weight = bestWeight(node, rules)
  return -(2 * shrunk(node.gradient, rules.l1) * weight + (node.hessian + rules.l2) * weight * weight)
}

/**
 * Twice what two children lower the loss by, as XGBoost scores splits under monotone constraints: leaves within the
 * node's bounds, and −∞ where the children's order is against the feature's `sign`.
 */
export function boundedPairScore(
  node: NodeSums,
  gradient: number,
  hessian: number,
  sign: number,
  rules: SplitRules,
): number {
  const { low, high } = node
  const left = { gradient, hessian, low, high }
  const right = { gradient: node.gradient - gradient, hessian: node.hessian - hessian, low, high }
  if (sign !== 0 && sign * (bestWeight(right, rules) - bestWeight(left, rules)) < 0) {
    return Number.NEGATIVE_INFINITY
  }
  return boundedScore(left, rules) + boundedScore(right, rules)
}
