import { latencyBounds } from './window.ts'

/**
 * Percentile of a latency histogram in seconds, taken as spread evenly within its slot; null without requests.
 * What is slower than the last bound is answered as that bound: the true value is at least as large.
 *
 * @param latency counts per slot, `latencyBounds.length + 1` of them
 * @param share 0.5 for the median, 0.99 for p99
 */
export function latencyPercentile(latency: readonly number[], share: number): number | null {
  let n = 0
  for (const count of latency) n += count
  if (n === 0) return null
  const rank = share * n
  let before = 0
  for (let i = 0; i < latencyBounds.length; i++) {
    const count = latency[i] ?? 0
    if (count > 0 && before + count >= rank) {
      const low = i === 0 ? 0 : latencyBounds[i - 1]!
      return low + ((latencyBounds[i]! - low) * Math.max(0, rank - before)) / count
    }
    before += count
  }
  return latencyBounds.at(-1)!
}
