/**
 * HOT LOOP: scores every request, batch row and test row (benchmark: bench/gbdt.ts).
 *
 * The nodes of all trees lie in one run of arrays, siblings side by side, so a step is one comparison and one
 * addition. A leaf steps onto itself, so all rows take as many steps as the tree is deep, without asking whether they
 * are done; eight walks go side by side, since each step of one waits for memory, or four where inputs may be missing.
 * Rows go through in blocks, tree by tree, so a tree is read once per block; of fewer than four rows each walks four
 * trees side by side.
 *
 * Float semantics: comparisons and sums of leaves are float32 in the order of the trees, as in XGBoost; the link
 * is float64. A row's sum never depends on the rows beside it, so one by one and batched give the same bits.
 */
import type { Activation } from '../dense-model.ts'
import { isInSet, packCategorySets } from './category-sets.ts'
import { activationOf, linkOf } from './gbdt-link.ts'
import { baseMargins, type GbdtModel } from './tree-model.ts'

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
  /** How many steps its deepest leaf is away. */
  steps: Int32Array
  feature: Int32Array
  /** NaN at a leaf, which no value reaches. */
  threshold: Float32Array
  /** What a leaf adds; 0 elsewhere. */
  leaf: Float32Array
  /** Place of the left child, the right one is next to it; a leaf's own. */
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
    steps: new Int32Array(trees.length),
    feature: new Int32Array(total),
    threshold: new Float32Array(total).fill(Number.NaN),
    leaf: new Float32Array(total),
    child: new Int32Array(total),
    missingRight: new Uint8Array(total),
    set: sets && new Int32Array(total).fill(-1),
    words: sets?.words ?? new Uint32Array(0),
  }
  let next = 0
  trees.forEach((tree, t) => {
    flat.roots[t] = next
    const places: [node: number, place: number, depth: number][] = [[0, next++, 0]]
    for (let at = 0; at < places.length; at++) {
      const [node, place, depth] = places[at]!
      if (tree.left[node]! < 0) {
        flat.leaf[place] = tree.weight[node]!
        flat.child[place] = place
        flat.steps[t] = Math.max(flat.steps[t]!, depth)
        continue
      }
      flat.feature[place] = tree.feature[node]!
      flat.threshold[place] = tree.threshold[node]!
      if (sets) flat.set![place] = sets.places[t]![node]!
      flat.missingRight[place] = 1 - tree.defaultLeft[node]!
      flat.child[place] = next
      places.push([tree.left[node]!, next, depth + 1], [tree.right[node]!, next + 1, depth + 1])
      next += 2
    }
  })
  return flat
}

/** Whether none of these inputs is missing. */
function isWhole(inputs: Float32Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (Number.isNaN(inputs[at]!)) return false
  return true
}

export function createGbdtScorer(model: GbdtModel): GbdtScorer {
  const { features, groups, objective, treeGroup } = model
  const { roots, steps, feature, threshold, leaf, child, missingRight, set, words } = flatten(model)
  const trees = roots.length
  const base = baseMargins(model)
  const link = linkOf(objective)
  const margins = new Float32Array(blockRows * groups)
  /** Where in the block rows begin that are taken eight at a time, none of them with a missing input, and four. */
  const eights = new Int32Array(blockRows / 8)
  const fours = new Int32Array(blockRows / 4)

  /** The leaf of a tree for the row whose inputs begin at `row`. */
  const walk = (root: number, inputs: Float32Array, row: number): number => {
    let node = root
    for (;;) {
      const x = inputs[row + feature[node]!]!
      const to = child[node]! + (+(x >= threshold[node]!) | (+Number.isNaN(x) & missingRight[node]!))
      if (to === node) return node
      node = to
    }
  }

  /** The same of a tree that may split on categories. */
  const walkSets = (places: Int32Array, root: number, inputs: Float32Array, row: number): number => {
    let node = root
    for (;;) {
      const next = child[node]!
      if (next === node) return node
      const x = inputs[row + feature[node]!]!
      const place = places[node]!
      if (Number.isNaN(x)) node = next + missingRight[node]!
      else node = next + (place < 0 ? +(x >= threshold[node]!) : isInSet(words, place, x))
    }
  }

  const addTree = (t: number, inputs: Float32Array, row: number, margin: number): void => {
    const node = set === null ? walk(roots[t]!, inputs, row) : walkSets(set, roots[t]!, inputs, row)
    margins[margin] = margins[margin]! + leaf[node]!
  }

  /** Adds tree `t` to four rows side by side. */
  const addToFour = (t: number, inputs: Float32Array, row: number, margin: number): void => {
    const [row1, row2, row3] = [row + features, row + 2 * features, row + 3 * features]
    let a = roots[t]!
    let b = a
    let c = a
    let d = a
    // Arithmetic on the comparisons: a branch here would be mispredicted every other time.
    for (let left = steps[t]!; left > 0; left--) {
      const xa = inputs[row + feature[a]!]!
      const xb = inputs[row1 + feature[b]!]!
      const xc = inputs[row2 + feature[c]!]!
      const xd = inputs[row3 + feature[d]!]!
      a = child[a]! + (+(xa >= threshold[a]!) | (+Number.isNaN(xa) & missingRight[a]!))
      b = child[b]! + (+(xb >= threshold[b]!) | (+Number.isNaN(xb) & missingRight[b]!))
      c = child[c]! + (+(xc >= threshold[c]!) | (+Number.isNaN(xc) & missingRight[c]!))
      d = child[d]! + (+(xd >= threshold[d]!) | (+Number.isNaN(xd) & missingRight[d]!))
    }
    margins[margin] = margins[margin]! + leaf[a]!
    margins[margin + groups] = margins[margin + groups]! + leaf[b]!
    margins[margin + 2 * groups] = margins[margin + 2 * groups]! + leaf[c]!
    margins[margin + 3 * groups] = margins[margin + 3 * groups]! + leaf[d]!
  }

  /** Adds tree `t` to eight rows side by side, none of which lacks an input: nothing is asked about missing ones. */
  const addToEight = (t: number, inputs: Float32Array, row: number, margin: number): void => {
    let a = roots[t]!
    let b = roots[t]!
    let c = roots[t]!
    let d = roots[t]!
    let e = roots[t]!
    let f = roots[t]!
    let g = roots[t]!
    let h = roots[t]!
    const row1 = row + 1 * features
    const row2 = row + 2 * features
    const row3 = row + 3 * features
    const row4 = row + 4 * features
    const row5 = row + 5 * features
    const row6 = row + 6 * features
    const row7 = row + 7 * features
    for (let left = steps[t]!; left > 0; left--) {
      a = child[a]! + +(inputs[row + feature[a]!]! >= threshold[a]!)
      b = child[b]! + +(inputs[row1 + feature[b]!]! >= threshold[b]!)
      c = child[c]! + +(inputs[row2 + feature[c]!]! >= threshold[c]!)
      d = child[d]! + +(inputs[row3 + feature[d]!]! >= threshold[d]!)
      e = child[e]! + +(inputs[row4 + feature[e]!]! >= threshold[e]!)
      f = child[f]! + +(inputs[row5 + feature[f]!]! >= threshold[f]!)
      g = child[g]! + +(inputs[row6 + feature[g]!]! >= threshold[g]!)
      h = child[h]! + +(inputs[row7 + feature[h]!]! >= threshold[h]!)
    }
    margins[margin] = margins[margin]! + leaf[a]!
    margins[margin + 1 * groups] = margins[margin + 1 * groups]! + leaf[b]!
    margins[margin + 2 * groups] = margins[margin + 2 * groups]! + leaf[c]!
    margins[margin + 3 * groups] = margins[margin + 3 * groups]! + leaf[d]!
    margins[margin + 4 * groups] = margins[margin + 4 * groups]! + leaf[e]!
    margins[margin + 5 * groups] = margins[margin + 5 * groups]! + leaf[f]!
    margins[margin + 6 * groups] = margins[margin + 6 * groups]! + leaf[g]!
    margins[margin + 7 * groups] = margins[margin + 7 * groups]! + leaf[h]!
  }

  /** Adds four trees, from `t` on, to one row: the walks go side by side, the sums in the order of the trees. */
  const addFour = (t: number, inputs: Float32Array, row: number, margin: number): void => {
    let a = roots[t]!
    let b = roots[t + 1]!
    let c = roots[t + 2]!
    let d = roots[t + 3]!
    const most = Math.max(steps[t]!, steps[t + 1]!, steps[t + 2]!, steps[t + 3]!)
    for (let left = most; left > 0; left--) {
      const xa = inputs[row + feature[a]!]!
      const xb = inputs[row + feature[b]!]!
      const xc = inputs[row + feature[c]!]!
      const xd = inputs[row + feature[d]!]!
      a = child[a]! + (+(xa >= threshold[a]!) | (+Number.isNaN(xa) & missingRight[a]!))
      b = child[b]! + (+(xb >= threshold[b]!) | (+Number.isNaN(xb) & missingRight[b]!))
      c = child[c]! + (+(xc >= threshold[c]!) | (+Number.isNaN(xc) & missingRight[c]!))
      d = child[d]! + (+(xd >= threshold[d]!) | (+Number.isNaN(xd) & missingRight[d]!))
    }
    const [ga, gb, gc, gd] = [treeGroup[t]!, treeGroup[t + 1]!, treeGroup[t + 2]!, treeGroup[t + 3]!]
    margins[margin + ga] = margins[margin + ga]! + leaf[a]!
    margins[margin + gb] = margins[margin + gb]! + leaf[b]!
    margins[margin + gc] = margins[margin + gc]! + leaf[c]!
    margins[margin + gd] = margins[margin + gd]! + leaf[d]!
  }

  /** Adds all trees to the row whose inputs begin at `row` and whose margins at `margin`. */
  const addToRow = (inputs: Float32Array, row: number, margin: number): void => {
    let t = 0
    if (set === null) for (; t + 4 <= trees; t += 4) addFour(t, inputs, row, margin)
    for (; t < trees; t++) addTree(t, inputs, row, margin + treeGroup[t]!)
  }

  return {
    inputs: features,
    outputs: groups,
    activation: activationOf[objective],
    score(inputs, rows, out) {
      for (let from = 0; from < rows; from += blockRows) {
        const count = Math.min(blockRows, rows - from)
        for (let i = 0; i < count; i++) margins.set(base, i * groups)
        const together = set === null ? count - (count % 4) : 0
        let wholes = 0
        let others = 0
        for (let i = 0; i < together; ) {
          const row = (from + i) * features
          if (i + 8 <= together && isWhole(inputs, row, row + 8 * features)) {
            eights[wholes++] = i
            i += 8
          } else {
            fours[others++] = i
            i += 4
          }
        }
        if (together > 0 || set !== null) {
          for (let t = 0; t < trees; t++) {
            const group = treeGroup[t]!
            for (let k = 0; k < wholes; k++) {
              const i = eights[k]!
              addToEight(t, inputs, (from + i) * features, i * groups + group)
            }
            for (let k = 0; k < others; k++) {
              const i = fours[k]!
              addToFour(t, inputs, (from + i) * features, i * groups + group)
            }
            if (set === null) continue
            for (let i = 0; i < count; i++) addTree(t, inputs, (from + i) * features, i * groups + group)
          }
        }
        if (set === null) {
          for (let i = together; i < count; i++) addToRow(inputs, (from + i) * features, i * groups)
        }
        link(margins, count, groups, out, from * groups)
      }
    },
  }
}
