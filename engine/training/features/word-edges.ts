import { baselineBins, collapseEdges } from '../../../shared/drift/quantile-edges.ts'

/** Bins of a text's number of words, from how many texts have how many. */
export function wordEdges(lengths: ReadonlyMap<number, number>): number[] {
  const values = [...lengths.keys()].sort((a, b) => a - b)
  if (values.length <= baselineBins) return collapseEdges([...values, values.at(-1)!])
  const total = [...lengths.values()].reduce((a, b) => a + b, 0)
  const edges: number[] = []
  let below = 0
  for (const value of values) {
    while (edges.length <= baselineBins && below >= (edges.length / baselineBins) * total) edges.push(value)
    below += lengths.get(value) ?? 0
  }
  edges[baselineBins] = values.at(-1)!
  return collapseEdges(edges)
}
