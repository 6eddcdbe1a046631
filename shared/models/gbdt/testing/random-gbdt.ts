import { type GbdtModel, gbdtObjectives, type Tree } from '../tree-model.ts'

/** Numbers from 0 (included) to 1 (excluded). */
type Random = () => number

/** The feature with this number, where there is one, holds category codes. */
const categoricalFeature = 2

function randomSet(random: Random): Int32Array {
  return Int32Array.from({ length: 70 }, (_, code) => code).filter(() => random() < 0.4)
}

function randomTree(random: Random, features: number): Tree {
  const nodes: { feature: number; threshold: number; left: number; right: number }[] = []
  const grow = (depth: number): number => {
    const node = { feature: 0, threshold: 0, left: -1, right: -1 }
    nodes.push(node)
    const place = nodes.length - 1
    if (depth < 4 && random() < 0.7) {
      node.feature = Math.floor(random() * features)
      // Few values, so that rows meet thresholds exactly.
      node.threshold = node.feature === categoricalFeature ? 0 : Math.round(random() * 8 - 4) / 4
      node.left = grow(depth + 1)
      node.right = grow(depth + 1)
    }
    return place
  }
  grow(0)
  const floats = (scale: number) => Float32Array.from(nodes, () => (random() - 0.5) * scale)
  return inBreadthOrder({
    feature: Int32Array.from(nodes, (node) => node.feature),
    threshold: Float32Array.from(nodes, (node) => node.threshold),
    left: Int32Array.from(nodes, (node) => node.left),
    right: Int32Array.from(nodes, (node) => node.right),
    rightCategories: new Map(
      nodes.flatMap((node, i) =>
        node.left >= 0 && node.feature === categoricalFeature ? [[i, randomSet(random)] as const] : [],
      ),
    ),
    defaultLeft: Uint8Array.from(nodes, () => (random() < 0.5 ? 1 : 0)),
    weight: floats(2),
    gain: Float32Array.from(nodes, (node) => (node.left < 0 ? 0 : random() * 1000)),
    cover: floats(1e6).map(Math.abs),
  })
}

/** Nodes level by level, the order in which models are read. */
function inBreadthOrder(tree: Tree): Tree {
  const order = [0]
  for (let at = 0; at < order.length; at++) {
    const node = order[at]!
    if (tree.left[node]! >= 0) order.push(tree.left[node]!, tree.right[node]!)
  }
  const place = (node: number) => (node < 0 ? -1 : order.indexOf(node))
  return {
    feature: tree.feature.map((_, i) => tree.feature[order[i]!]!),
    threshold: tree.threshold.map((_, i) => tree.threshold[order[i]!]!),
    left: tree.left.map((_, i) => place(tree.left[order[i]!]!)),
    right: tree.right.map((_, i) => place(tree.right[order[i]!]!)),
    rightCategories: new Map(
      order.flatMap((node, i) => {
        const set = tree.rightCategories.get(node)
        return set ? [[i, set] as const] : []
      }),
    ),
    defaultLeft: tree.defaultLeft.map((_, i) => tree.defaultLeft[order[i]!]!),
    weight: tree.weight.map((_, i) => tree.weight[order[i]!]!),
    gain: tree.gain.map((_, i) => tree.gain[order[i]!]!),
    cover: tree.cover.map((_, i) => tree.cover[order[i]!]!),
  }
}

/** A model of any objective with up to eight rounds of trees. */
export function randomGbdt(random: Random): GbdtModel {
  const objective = gbdtObjectives[Math.floor(random() * gbdtObjectives.length)]!
  const groups = objective === 'multi:softprob' ? 2 + Math.floor(random() * 3) : 1
  const features = 1 + Math.floor(random() * 5)
  const trees = Array.from({ length: groups * Math.floor(random() * 8) }, () => randomTree(random, features))
  return {
    objective,
    quantile: objective === 'reg:quantileerror' ? Math.round(1 + random() * 98) / 100 : 0.5,
    features,
    featureNames: random() < 0.5 ? [] : Array.from({ length: features }, (_, i) => `f"${i}`),
    categorical:
      features > categoricalFeature
        ? Array.from({ length: features }, (_, f) => f === categoricalFeature)
        : [],
    groups,
    baseScore: Float32Array.from({ length: groups }, () => 0.05 + random() * 0.9),
    trees,
    treeGroup: Int32Array.from(trees, (_, t) => t % groups),
  }
}

/** Up to 200 rows, more than one block, with many or few missing values and values that meet thresholds. */
export function randomGbdtRows(random: Random, features: number): { rows: number; inputs: Float32Array } {
  const rows = 1 + Math.floor(random() * 200)
  const missing = random() < 0.5 ? 0.2 : 0.005
  const inputs = new Float32Array(rows * features).map((_, i) => {
    if (random() < missing) return Number.NaN
    return i % features === categoricalFeature
      ? Math.floor(random() * 75) - 2
      : Math.round(random() * 8 - 4) / 4
  })
  return { rows, inputs }
}
