/**
 * HOT LOOP: scores every request, batch row and test row (benchmark: bench/gbdt.ts).
 *
 * The nodes of all trees lie in one run of arrays, siblings side by side, so a step is one comparison and one
 * addition. A leaf steps onto itself, so all rows take as many steps as the tree is deep, without asking whether they
 * are done; several walks go side by side, since each step of one waits for memory. Rows go through in blocks, tree by
 * tree, so a tree is read once per block: eight rows and more in WebAssembly (tree-kernel.ts), unless the
 * trees split on categories; else four rows side by side; of fewer than four each walks four trees side by side.
 *
 * Float semantics: comparisons and sums of leaves are float32 in the order of the trees, as in XGBoost; the link
 * is float64. A row's sum never depends on the rows beside it, so one by one and batched give the same bits.
 */
import type { Activation } from '../dense-model.ts'
import { isInSet } from './category-sets.ts'
import { flattenTrees } from './flat-trees.ts'
import { activationOf, linkOf } from './gbdt-link.ts'
import { blockRows, type LoadedKernel, loadKernel } from './loaded-kernel.ts'
import { kernelRows, nodeBytes } from './tree-kernel.ts'
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

function isWhole(inputs: Float32Array): boolean {
  for (let at = 0; at < inputs.length; at++) if (Number.isNaN(inputs[at]!)) return false
  return true
}

export function createGbdtScorer(model: GbdtModel): GbdtScorer {
  const { features, groups, objective, treeGroup } = model
  const flat = flattenTrees(model)
  const { roots, steps, feature, threshold, leaf, child, missingRight, set, words } = flat
  const trees = roots.length
  const base = baseMargins(model)
  const link = linkOf(objective)
  const kernel = loadKernel(flat, features, groups)
  const margins = kernel?.margins ?? new Float32Array(blockRows * groups)

  /** The leaf of a tree for the row whose inputs begin at `row`. */
  const leafOf = (root: number, inputs: Float32Array, row: number): number => {
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
    const node = set === null ? leafOf(roots[t]!, inputs, row) : walkSets(set, roots[t]!, inputs, row)
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

  /** Adds all trees to `count` rows from `from` on; rows up to the next eight are walked for nothing. */
  const addByKernel = (own: LoadedKernel, inputs: Float32Array, from: number, count: number): void => {
    const { leavesAt, inputsAt, marginsAt } = own
    const values = inputs.subarray(from * features, (from + count) * features)
    own.inputs.set(values)
    const walk = isWhole(values) ? own.walkWhole : own.walk
    const end = marginsAt + Math.ceil(count / kernelRows) * kernelRows * groups * 4
    for (let t = 0; t < trees; t++) {
      const root = roots[t]! * nodeBytes
      const most = Math.max(1, steps[t]!)
      walk(root, leavesAt, inputsAt, features * 4, marginsAt + treeGroup[t]! * 4, groups * 4, end, most)
    }
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
        if (kernel !== null && count >= kernelRows) {
          addByKernel(kernel, inputs, from, count)
          link(margins, count, groups, out, from * groups)
          continue
        }
        if (together > 0 || set !== null) {
          for (let t = 0; t < trees; t++) {
            const group = treeGroup[t]!
            for (let i = 0; i < together; i += 4) {
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
