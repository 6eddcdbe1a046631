import type { ThresholdCounts } from './threshold-counts.ts'

export interface RocPoint {
  readonly threshold: number
  readonly falsePositiveRate: number
  readonly truePositiveRate: number
}

/** From the origin, where nothing is predicted positive, to (1, 1). A rate with nothing below the line is 0. */
export function rocCurve(counts: ThresholdCounts): RocPoint[] {
  const points: RocPoint[] = [
    { threshold: Number.POSITIVE_INFINITY, falsePositiveRate: 0, truePositiveRate: 0 },
  ]
  for (let i = 0; i < counts.thresholds.length; i++) {
    points.push({
      threshold: counts.thresholds[i]!,
      falsePositiveRate: ratio(counts.falsePositives[i]!, counts.negatives),
      truePositiveRate: ratio(counts.truePositives[i]!, counts.positives),
    })
  }
  return points
}

/** Area under the ROC curve by the trapezoidal rule; null where either class is absent. */
export function rocArea(counts: ThresholdCounts): number | null {
  const { positives, negatives, truePositives, falsePositives } = counts
  if (positives === 0 || negatives === 0) return null
  let area = 0
  for (let i = 0; i < counts.thresholds.length; i++) {
    const width = falsePositives[i]! - (i === 0 ? 0 : falsePositives[i - 1]!)
    area += (width * (truePositives[i]! + (i === 0 ? 0 : truePositives[i - 1]!))) / 2
  }
  return area / (positives * negatives)
}

export interface PrecisionRecallPoint {
  readonly threshold: number
  readonly precision: number
  readonly recall: number
}

/** In the order of descending thresholds, so of rising recall. */
export function precisionRecallCurve(counts: ThresholdCounts): PrecisionRecallPoint[] {
  return Array.from({ length: counts.thresholds.length }, (_, i) => {
    const right = counts.truePositives[i]!
    return {
      threshold: counts.thresholds[i]!,
      precision: ratio(right, right + counts.falsePositives[i]!),
      recall: ratio(right, counts.positives),
    }
  })
}

/** Σ (recallᵢ − recallᵢ₋₁) · precisionᵢ, without interpolation, as scikit-learn's; null without positive rows. */
export function averagePrecision(counts: ThresholdCounts): number | null {
  if (counts.positives === 0) return null
  let sum = 0
  let before = 0
  for (let i = 0; i < counts.thresholds.length; i++) {
    const right = counts.truePositives[i]!
    sum += ((right - before) / counts.positives) * ratio(right, right + counts.falsePositives[i]!)
    before = right
  }
  return sum
}

export interface GainPoint {
  readonly threshold: number
  /** Share of all rows that the threshold admits. */
  readonly share: number
  /** Share of the positive rows among them. */
  readonly gain: number
  /** Gain over share: how many times more positives than in as many rows drawn blindly. */
  readonly lift: number
}

/** Cumulative gain and lift by the share of rows taken, best scores first. */
export function gainCurve(counts: ThresholdCounts): GainPoint[] {
  const rows = counts.positives + counts.negatives
  return Array.from({ length: counts.thresholds.length }, (_, i) => {
    const right = counts.truePositives[i]!
    const share = ratio(right + counts.falsePositives[i]!, rows)
    const gain = ratio(right, counts.positives)
    return { threshold: counts.thresholds[i]!, share, gain, lift: ratio(gain, share) }
  })
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
