import type { GbdtModel } from './tree-model.ts'

/** Per model input. Sums may be added over the inputs of a column; means are sums divided by `weight`. */
export interface TreeImportance {
  /** Splits on the input. */
  readonly weight: Float64Array
  /** Loss reduction of its splits together; XGBoost's `total_gain`. */
  readonly gain: Float64Array
  /** Hessians of the training rows that met its splits, together; XGBoost's `total_cover`. */
  readonly cover: Float64Array
}

/** What each input did in the trees: how often it split, what that gained and how many rows it met. */
export function treeImportance({ trees, features }: GbdtModel): TreeImportance {
  const [weight, gain, cover] = [0, 1, 2].map(() => new Float64Array(features)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  for (const tree of trees) {
    for (let node = 0; node < tree.left.length; node++) {
      if (tree.left[node]! < 0) continue
      const f = tree.feature[node]!
      weight[f] = weight[f]! + 1
      gain[f] = gain[f]! + tree.gain[node]!
      cover[f] = cover[f]! + tree.cover[node]!
    }
  }
  return { weight, gain, cover }
}
