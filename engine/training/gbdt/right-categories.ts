import type { FeatureBins } from './bins.ts'

/** Per node that splits on categories, the codes of the bins that go right, ascending. */
export function rightCategoriesOf(
  feature: readonly number[],
  leftBins: ReadonlyMap<number, Uint8Array>,
  bins: readonly FeatureBins[],
): Map<number, Int32Array> {
  const sets = new Map<number, Int32Array>()
  for (const [node, goesLeft] of leftBins) {
    const codes = bins[feature[node]!]!.codes ?? new Uint8Array(0)
    const right: number[] = []
    codes.forEach((bin, code) => {
      if (goesLeft[bin] === 0) right.push(code)
    })
    sets.set(node, Int32Array.from(right))
  }
  return sets
}
