import type { MetricKey } from '../metrics/metrics.ts'
import { bootstrapDraws, type Estimate, percentileInterval, pointValues, type Random } from './bootstrap.ts'
import type { MetricKernel } from './metric-kernel.ts'

export interface PairedMetric {
  readonly key: MetricKey
  /** Per kernel; null where it has no value on these rows. */
  readonly estimates: readonly (Estimate | null)[]
  /** Per kernel its value minus the first one's, with the interval of the difference; null for the first. */
  readonly differences: readonly (Estimate | null)[]
}

/** Metrics of several models on the same rows, with paired bootstrap intervals of their differences. */
export function pairedComparison(
  kernels: readonly MetricKernel[],
  repetitions: number,
  random: Random,
): PairedMetric[] {
  const draws = bootstrapDraws(kernels, repetitions, random)
  const points = kernels.map(pointValues)
  const keys = kernels[0]?.keys ?? []
  return keys.map((key, m) => {
    const drawn = draws.map((all) => all.subarray(m * repetitions, (m + 1) * repetitions))
    const first = points[0]?.[key]
    return {
      key,
      estimates: drawn.map((values, k) => {
        const value = points[k]![key]
        return value === undefined ? null : { value, ...percentileInterval(values) }
      }),
      differences: drawn.map((values, k) => {
        const value = points[k]![key]
        if (k === 0 || value === undefined || first === undefined) return null
        return {
          value: value - first,
          ...percentileInterval(values.map((one, b) => one - drawn[0]![b]!)),
        }
      }),
    }
  })
}
