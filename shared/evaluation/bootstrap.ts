/** HOT LOOP: repetitions × rows. Weights and results are typed arrays that are used again. */
import { z } from 'zod'
import type { MetricKey } from '../metrics/metrics.ts'
import type { MetricKernel } from './metric-kernel.ts'
import { quantiles } from './quantiles.ts'

/** Numbers from 0 (included) to 1 (excluded). */
export type Random = () => number

/** A value with its 95 % percentile interval; the ends are null where too few repetitions had a value. */
export const estimateSchema = z.strictObject({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
})
export type Estimate = z.infer<typeof estimateSchema>

export type Estimates = Partial<Record<MetricKey, Estimate>>

/** As often as each row is drawn when `rows` of them are drawn with replacement. */
export function drawWeights(rows: number, random: Random, into: Uint16Array): void {
  into.fill(0, 0, rows)
  for (let i = 0; i < rows; i++) {
    const r = Math.floor(random() * rows)
    into[r] = into[r]! + 1
  }
}

/** The 2.5 and 97.5 % points of what was drawn; null where fewer than half of the repetitions had a value. */
export function percentileInterval(drawn: Float64Array): { low: number | null; high: number | null } {
  const kept = drawn.filter((value) => !Number.isNaN(value)).sort()
  if (kept.length * 2 < drawn.length || kept.length < 2) return { low: null, high: null }
  const [low = 0, high = 0] = quantiles(kept, [0.025, 0.975])
  return { low, high }
}

/**
 * Draws the same rows for every kernel in each repetition, so that differences between them are paired.
 *
 * @param kernels over the same rows, with the same keys
 * @returns per kernel and key the values of all repetitions, at `[kernel][key * repetitions + repetition]`
 */
export function bootstrapDraws(
  kernels: readonly MetricKernel[],
  repetitions: number,
  random: Random,
): Float64Array[] {
  const rows = kernels[0]?.rows ?? 0
  const weights = new Uint16Array(rows)
  const values = new Float64Array(16)
  const draws = kernels.map((kernel) => new Float64Array(kernel.keys.length * repetitions))
  for (let b = 0; b < repetitions; b++) {
    drawWeights(rows, random, weights)
    for (let k = 0; k < kernels.length; k++) {
      const kernel = kernels[k]!
      kernel.evaluate(weights, values)
      for (let m = 0; m < kernel.keys.length; m++) draws[k]![m * repetitions + b] = values[m]!
    }
  }
  return draws
}

/** The metrics of all rows, without intervals; a metric that has no value is left out. */
export function pointValues(kernel: MetricKernel): Partial<Record<MetricKey, number>> {
  const out = new Float64Array(16)
  kernel.evaluate(new Uint8Array(kernel.rows).fill(1), out)
  const found: Partial<Record<MetricKey, number>> = {}
  kernel.keys.forEach((key, m) => {
    if (!Number.isNaN(out[m])) found[key] = out[m]!
  })
  return found
}

/** Metrics with their bootstrap percentile intervals. At least one row. */
export function bootstrapMetrics(kernel: MetricKernel, repetitions: number, random: Random): Estimates {
  const [drawn] = bootstrapDraws([kernel], repetitions, random)
  const values = pointValues(kernel)
  const estimates: Estimates = {}
  kernel.keys.forEach((key, m) => {
    const value = values[key]
    if (value === undefined) return
    const interval = percentileInterval(drawn!.slice(m * repetitions, (m + 1) * repetitions))
    estimates[key] = { value, ...interval }
  })
  return estimates
}
