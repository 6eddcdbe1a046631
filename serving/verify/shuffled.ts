/** Rows of a shuffled batch: few numbers of recorded rows are multiples of it. */
export const shuffledSize = 7

/**
 * The rows 0 to `count` − 1 in batches far from their order, and the same every time: by the fractional parts of multiples
 * of the golden ratio.
 */
export function shuffledBatches(count: number): number[][] {
  const place = (row: number) => (row * 0.618033988749895) % 1
  const order = Array.from({ length: count }, (_, row) => row).sort((a, b) => place(a) - place(b))
  const batches: number[][] = []
  for (let from = 0; from < count; from += shuffledSize) batches.push(order.slice(from, from + shuffledSize))
  return batches
}
