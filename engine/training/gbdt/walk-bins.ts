/** HOT LOOP: rows that took no part in growing a tree find their leaf by their bins (benchmark: bench/gbdt.ts). */
import type { FeatureBins } from './bins.ts'
import type { GrownTree } from './grow-tree.ts'

/** Adds the tree's leaves to the scores of the given rows, or of rows 0 up to a number. */
export function addTreeToRows(
  { tree, bin, leftBins }: Pick<GrownTree, 'tree' | 'bin' | 'leftBins'>,
  features: readonly FeatureBins[],
  bins: Uint8Array,
  width: number,
  scores: Float32Array,
  which: Int32Array | number,
): void {
  const { feature, left, right, defaultLeft, weight } = tree
  const missing = feature.map((f) => features[f]!.count)
  const count = typeof which === 'number' ? which : which.length
  for (let i = 0; i < count; i++) {
    const row = typeof which === 'number' ? i : which[i]!
    const start = row * width
    let node = 0
    while (left[node]! >= 0) {
      const value = bins[start + feature[node]!]!
      const table = leftBins.size > 0 ? leftBins.get(node) : undefined
      const goesLeft =
        value === missing[node]!
          ? defaultLeft[node]! === 1
          : table
            ? table[value]! === 1
            : value <= bin[node]!
      node = goesLeft ? left[node]! : right[node]!
    }
    scores[row] = scores[row]! + weight[node]!
  }
}
