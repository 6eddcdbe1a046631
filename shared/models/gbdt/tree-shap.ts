/**
 * HOT LOOP: SHAP values of trees for every row of a summary (benchmark: bench/scoring.ts).
 *
 * Path-dependent TreeSHAP (Lundberg et al., "Consistent individualized feature attribution for tree ensembles", 2018):
 * the value of a set of features is what the tree predicts when the others are drawn by the cover of the nodes. A leaf
 * with value v is then the product over the features of its path of o (1 where the row goes its way, else 0) for those
 * in the set and z (share of the cover that goes its way) for those outside, and the Shapley value of such a product is
 *
 *   φᵢ = v (oᵢ − zᵢ) ∫₀¹ ∏_{j ≠ i} (t oⱼ + (1 − t) zⱼ) dt
 *
 * A polynomial in t of a degree below the tree's depth, so Gauss–Legendre quadrature with half as many points is
 * exact. Products are made on the way down and summed on the way up: O(nodes × depth) per row, as in Linear TreeSHAP
 * (Yu et al., 2022), rather than O(leaves × depth²).
 */
import { isInSet, packCategorySets } from './category-sets.ts'
import { gaussLegendre } from './gauss-legendre.ts'
import { baseMargins, type GbdtModel, type Tree } from './tree-model.ts'

export interface TreeShap {
  readonly inputs: number
  readonly outputs: number
  /** Per output, the margin expected of the training rows, before any input is known. */
  readonly base: Float64Array
  /**
   * SHAP values in units of the margin (log-odds, logarithms of counts, or the target's own unit): `rows × outputs ×
   * inputs`, in this order. A row's values and the base sum to its margin.
   *
   * @param inputs `rows × this.inputs` values, NaN where missing
   */
  explain(inputs: Float32Array, rows: number): Float64Array
  /** SHAP values of one output alone, `rows × inputs`, by its own trees: a class of many costs no more than a number. */
  explainOutput(inputs: Float32Array, rows: number, output: number): Float64Array
}

/** How a row meets an edge: off its way; on it; off it, but on the way at the same feature's edge above. */
const states = 3

/** What is the same for all rows. */
interface PlannedTree {
  tree: Tree
  points: number
  parent: Int32Array
  /** The edge above, by the node it leads to, that asked about the same feature; −1 where there is none. */
  above: Int32Array
  /** Per node, state and point: the factor of the product on this edge, and what it makes of a sum of products. */
  factors: Float64Array
  contributions: Float64Array
  /** What the tree adds to a margin on average. */
  mean: number
}

function planTree(tree: Tree): PlannedTree {
  const nodes = tree.left.length
  const parent = new Int32Array(nodes).fill(-1)
  const depth = new Int32Array(nodes)
  for (let node = 0; node < nodes; node++) {
    if (tree.left[node]! < 0) continue
    for (const child of [tree.left[node]!, tree.right[node]!]) {
      parent[child] = node
      depth[child] = depth[node]! + 1
    }
  }
  const deepest = depth.reduce((a, b) => Math.max(a, b), 0)
  const { points, weights } = gaussLegendre(Math.max(1, Math.ceil(deepest / 2)))
  const count = points.length
  const above = new Int32Array(nodes).fill(-1)
  const share = new Float64Array(nodes)
  const reached = new Float64Array(nodes)
  reached[0] = 1
  const factors = new Float64Array(nodes * states * count)
  const contributions = new Float64Array(nodes * states * count)
  let mean = tree.left[0]! < 0 ? tree.weight[0]! : 0
  for (let node = 1; node < nodes; node++) {
    const from = parent[node]!
    const feature = tree.feature[from]!
    let same = from
    while (same > 0 && tree.feature[parent[same]!] !== feature) same = parent[same]!
    if (same > 0) above[node] = same
    const part = tree.cover[from]! > 0 ? tree.cover[node]! / tree.cover[from]! : 0
    reached[node] = reached[from]! * part
    if (tree.left[node]! < 0) mean += reached[node]! * tree.weight[node]!
    share[node] = part * (same > 0 ? share[same]! : 1)
    for (let state = 0; state < states; state++) {
      const isOn = state === 1 ? 1 : 0
      const wasOn = state === 0 ? 0 : 1
      for (let q = 0; q < count; q++) {
        const t = points[q]!
        const factor = t * isOn + (1 - t) * share[node]!
        const old = same > 0 ? t * wasOn + (1 - t) * share[same]! : 1
        const at = (node * states + state) * count + q
        // A factor of 0 is a leaf that never counts, nor does a share of it.
        factors[at] = old === 0 ? 0 : factor / old
        const now = factor === 0 ? 0 : (isOn - share[node]!) / factor
        const before = same > 0 && old !== 0 ? (wasOn - share[same]!) / old : 0
        contributions[at] = weights[q]! * (now - before)
      }
    }
  }
  return { tree, points: count, parent, above, factors, contributions, mean }
}

/** Explains boosted trees' predictions exactly. */
export function createTreeShap(model: GbdtModel): TreeShap {
  const { features, groups, trees, treeGroup } = model
  const planned = trees.map(planTree)
  const sets = packCategorySets(trees)
  const words = sets?.words ?? new Uint32Array(0)
  const base = Float64Array.from(baseMargins(model))
  planned.forEach(({ mean }, t) => {
    base[treeGroup[t]!] = base[treeGroup[t]!]! + mean
  })
  const size = planned.reduce((most, { tree, points }) => Math.max(most, tree.left.length * points), 0)
  const largest = trees.reduce((most, tree) => Math.max(most, tree.left.length), 0)
  const products = new Float64Array(size)
  const sums = new Float64Array(size)
  const stateOf = new Uint8Array(largest)

  /** Adds a tree's values to `out`, of `width` outputs a row, at the output `place`. */
  const explainTree = (
    t: number,
    inputs: Float32Array,
    rows: number,
    out: Float64Array,
    width: number,
    place: number,
  ) => {
    const { tree, points, parent, above, factors, contributions } = planned[t]!
    const { left, right, feature, threshold, defaultLeft, weight } = tree
    const places = sets?.places[t] ?? null
    const nodes = left.length
    const goesLeft = (node: number, x: number): boolean => {
      if (Number.isNaN(x)) return defaultLeft[node]! === 1
      const place = places ? places[node]! : -1
      return place < 0 ? x < threshold[node]! : isInSet(words, place, x) === 0
    }
    for (let r = 0; r < rows; r++) {
      const row = r * features
      const target = (r * width + place) * features
      products.fill(1, 0, points)
      for (let node = 0; node < nodes; node++) {
        const first = left[node]!
        if (first < 0) continue
        const second = right[node]!
        const isLeft = goesLeft(node, inputs[row + feature[node]!]!)
        // Both children have the same edge above.
        const same = above[first]!
        const wasOn = same < 0 || stateOf[same] === 1
        stateOf[first] = wasOn ? (isLeft ? 1 : 2) : 0
        stateOf[second] = wasOn ? (isLeft ? 2 : 1) : 0
        const from = node * points
        const toFirst = first * points
        const toSecond = second * points
        const byFirst = (first * states + stateOf[first]!) * points
        const bySecond = (second * states + stateOf[second]!) * points
        for (let q = 0; q < points; q++) {
          const product = products[from + q]!
          products[toFirst + q] = product * factors[byFirst + q]!
          products[toSecond + q] = product * factors[bySecond + q]!
        }
      }
      sums.fill(0, 0, nodes * points)
      for (let node = nodes - 1; node > 0; node--) {
        const from = node * points
        const to = parent[node]! * points
        const by = (node * states + stateOf[node]!) * points
        const value = weight[node]!
        const isLeaf = left[node]! < 0
        let found = 0
        for (let q = 0; q < points; q++) {
          const sum = isLeaf ? value * products[from + q]! : sums[from + q]!
          found += contributions[by + q]! * sum
          sums[to + q] = sums[to + q]! + sum
        }
        const at = target + feature[parent[node]!]!
        out[at] = out[at]! + found
      }
    }
  }

  return {
    inputs: features,
    outputs: groups,
    base,
    explain(inputs, rows) {
      const out = new Float64Array(rows * groups * features)
      for (let t = 0; t < trees.length; t++) explainTree(t, inputs, rows, out, groups, treeGroup[t]!)
      return out
    },
    explainOutput(inputs, rows, output) {
      const out = new Float64Array(rows * features)
      for (let t = 0; t < trees.length; t++) {
        if (treeGroup[t] === output) explainTree(t, inputs, rows, out, 1, 0)
      }
      return out
    },
  }
}
