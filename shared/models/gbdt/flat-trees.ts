import { packCategorySets } from './category-sets.ts'
import type { GbdtModel } from './tree-model.ts'

/** The nodes of all trees in one run of arrays, siblings side by side. */
export interface FlatTrees {
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

export function flattenTrees({ trees }: GbdtModel): FlatTrees {
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
