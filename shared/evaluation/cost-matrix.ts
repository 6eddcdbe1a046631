import { z } from 'zod'
import { type Confusion, confusionAtPlace, type ThresholdCounts } from './threshold-counts.ts'

/** What one row of each kind costs, in any one unit; a gain is a negative cost. */
export const costMatrixSchema = z.strictObject({
  truePositive: z.number(),
  falsePositive: z.number(),
  falseNegative: z.number(),
  trueNegative: z.number(),
})
export type CostMatrix = z.infer<typeof costMatrixSchema>

/** Every error costs 1, so that the cheapest threshold is the most accurate one. */
export const equalCosts: CostMatrix = { truePositive: 0, falsePositive: 1, falseNegative: 1, trueNegative: 0 }

/** The cost of all rows together. */
export function totalCost(confusion: Confusion, costs: CostMatrix): number {
  return (
    confusion.truePositives * costs.truePositive +
    confusion.falsePositives * costs.falsePositive +
    confusion.falseNegatives * costs.falseNegative +
    confusion.trueNegatives * costs.trueNegative
  )
}

export interface CheapestThreshold {
  /** Above every score where predicting nothing positive is cheapest: 1, or the next number above a score of 1. */
  readonly threshold: number
  readonly cost: number
}

/** The threshold of the lowest total cost; of several the highest. */
export function cheapestThreshold(counts: ThresholdCounts, costs: CostMatrix): CheapestThreshold {
  const top = counts.thresholds[0] ?? 0
  let best: CheapestThreshold = {
    threshold: top < 1 ? 1 : top * (1 + Number.EPSILON),
    cost: totalCost(confusionAtPlace(counts, -1), costs),
  }
  for (let i = 0; i < counts.thresholds.length; i++) {
    const cost = totalCost(confusionAtPlace(counts, i), costs)
    if (cost < best.cost) best = { threshold: counts.thresholds[i]!, cost }
  }
  return best
}
