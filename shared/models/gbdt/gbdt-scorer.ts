/**
 * HOT LOOP: scores every request, batch row and test row (benchmark: bench/gbdt.ts).
 *
 * The nodes of all trees lie in one run of arrays, siblings side by side, so a step is one comparison and one
 * addition. Rows go through in blocks, tree by tree, so a tree is read once per block.
 *
 * Float semantics: comparisons and sums of leaves are float32 in the order of the trees, as in XGBoost; the link
 * is float64. A row's sum never depends on the rows beside it, so one by one and batched give the same bits.
 */
import type { Activation } from '../dense-model.ts'
import { isInSet, packCategorySets } from './category-sets.ts'
import { baseMargins, type GbdtModel, type GbdtObjective } from './tree-model.ts'

/** Scores rows as a `DenseScorer` does. */
export interface GbdtScorer {
  readonly inputs: number
  readonly outputs: number
  /** The link; a Poisson mean is `linear` here, its exponential already taken. */
  readonly activation: Activation
  /** Writes `rows * outputs` scores, row-major; `inputs` holds `rows * this.inputs` values, NaN where missing. */
  score(inputs: Float32Array, rows: number, out: Float64Array): void
}

const blockRows = 64

interface FlatTrees {
  /** Where each tree begins. */
  roots: Int32Array
  feature: Int32Array
  /** The threshold, or a leaf's value. */
  value: Float32Array
  /** Place of the left child, the right one is next to it; −1 at a leaf. */
  child: Int32Array
  missingRight: Uint8Array
  /** Place of the node's category set, −1 where it has none; null where no node has. */
  set: Int32Array | null
  words: Uint32Array
}

function flatten({ trees }: GbdtModel): FlatTrees {
  const sets = packCategorySets(trees)
  const total = trees.reduce((sum, tree) => sum + tree.left.length, 0)
  const flat: FlatTrees = {
    roots: new Int32Array(trees.length),
    feature: new Int32Array(total),
    value: new Float32Array(total),
    child: new Int32Array(total).fill(-1),
    missingRight: new Uint8Array(total),
    set: sets && new Int32Array(total).fill(-1),
    words: sets?.words ?? new Uint32Array(0),
  }
  let next = 0
  trees.forEach((tree, t) => {
    flat.roots[t] = next
    const places: [node: number, place: number][] = [[0, next++]]
    for (let at = 0; at < places.length; at++) {
      const [node, place] = places[at]!
      if (tree.left[node]! < 0) {
        flat.value[place] = tree.weight[node]!
        continue
      }
      flat.feature[place] = tree.feature[node]!
      flat.value[place] = tree.threshold[node]!
      if (sets) flat.set![place] = sets.places[t]![node]!
      flat.missingRight[place] = 1 - tree.defaultLeft[node]!
      flat.child[place] = next
      places.push([tree.left[node]!, next], [tree.right[node]!, next + 1])
      next += 2
    }
  })
  return flat
}

const activations: Record<GbdtObjective, Activation> = {
  'binary:logistic': 'sigmoid',
  'multi:softprob': 'softmax',
  'reg:squarederror': 'linear',
  'reg:absoluteerror': 'linear',
  'count:poisson': 'linear',
  'reg:quantileerror': 'linear',
}

/** Margins to scores: `count` rows of `groups` from `margins`, written from `out[at]` on. */
type Link = (margins: Float32Array, count: number, groups: number, out: Float64Array, at: number) => void

function linkOf(objective: GbdtObjective): Link {
  switch (objective) {
    case 'binary:logistic':
      return (margins, count, _, out, at) => {
        for (let i = 0; i < count; i++) out[at + i] = 1 / (1 + Math.exp(-margins[i]!))
      }
    case 'count:poisson':
      return (margins, count, _, out, at) => {
        for (let i = 0; i < count; i++) out[at + i] = Math.exp(margins[i]!)
      }
    case 'multi:softprob':
      return (margins, count, groups, out, at) => {
        for (let i = 0; i < count * groups; i += groups) {
          // Subtracting the largest keeps exp() from overflowing and changes no ratio.
          let largest = Number.NEGATIVE_INFINITY
          for (let k = i; k < i + groups; k++) if (margins[k]! > largest) largest = margins[k]!
          let sum = 0
          for (let k = i; k < i + groups; k++) {
            const power = Math.exp(margins[k]! - largest)
            out[at + k] = power
            sum += power
          }
          for (let k = i; k < i + groups; k++) out[at + k] = out[at + k]! / sum
        }
      }
    default:
      return (margins, count, _, out, at) => {
        for (let i = 0; i < count; i++) out[at + i] = margins[i]!
      }
  }
}

export function createGbdtScorer(model: GbdtModel): GbdtScorer {
  const { features, groups, objective, treeGroup } = model
  const { roots, feature, value, child, missingRight, set, words } = flatten(model)
  const base = baseMargins(model)
  const link = linkOf(objective)
  const margins = new Float32Array(blockRows * groups)
  /** The leaf of a tree that splits on categories, for the row whose inputs begin at `row`. */
  const walkSets = (places: Int32Array, root: number, inputs: Float32Array, row: number): number => {
    let node = root
    let next = child[node]!
    while (next >= 0) {
      const x = inputs[row + feature[node]!]!
      const place = places[node]!
      if (Number.isNaN(x)) node = next + missingRight[node]!
      else node = next + (place < 0 ? +(x >= value[node]!) : isInSet(words, place, x))
      next = child[node]!
    }
    return node
  }
  return {
    inputs: features,
    outputs: groups,
    activation: activations[objective],
    score(inputs, rows, out) {
      for (let from = 0; from < rows; from += blockRows) {
        const count = Math.min(blockRows, rows - from)
        for (let i = 0; i < count; i++) margins.set(base, i * groups)
        for (let t = 0; t < roots.length; t++) {
          const root = roots[t]!
          let row = from * features
          let margin = treeGroup[t]!
          for (let i = 0; i < count; i++) {
            let node = set === null ? root : walkSets(set, root, inputs, row)
            let next = child[node]!
            while (next >= 0) {
              const x = inputs[row + feature[node]!]!
              // Arithmetic on the comparisons: a branch here would be mispredicted every other time.
              node = next + (+(x >= value[node]!) | (+Number.isNaN(x) & missingRight[node]!))
              next = child[node]!
            }
            margins[margin] = margins[margin]! + value[node]!
            row += features
            margin += groups
          }
        }
        link(margins, count, groups, out, from * groups)
      }
    },
  }
}
