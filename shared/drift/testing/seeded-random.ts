/** A repeatable stream of numbers in [0, 1) (mulberry32), for simulations. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Counts of `n` draws from the given weights. */
export function multinomial(n: number, weights: readonly number[], random: () => number): number[] {
  const cumulative: number[] = []
  let sum = 0
  for (const weight of weights) {
    sum += weight
    cumulative.push(sum)
  }
  const counts = weights.map(() => 0)
  for (let i = 0; i < n; i++) {
    const u = random() * sum
    let low = 0
    let high = weights.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (u < cumulative[middle]!) high = middle
      else low = middle + 1
    }
    counts[low]!++
  }
  return counts
}
