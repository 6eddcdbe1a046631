/** When drift is worth telling about. */
export interface DriftThresholds {
  /** Share of false alarms accepted when nothing moved, per column and look. */
  alpha: number
  /** PSI from which a shift that the test has found is a warning, and an alarm. */
  warning: number
  alarm: number
  /** Chance of finding a shift as large as `warning` below which a window is `too-few`. */
  power: number
}

export const defaultThresholds: DriftThresholds = { alpha: 0.01, warning: 0.1, alarm: 0.25, power: 0.8 }

/**
 * Rows from which the calibrated PSI is the test. In smaller windows its half counts drown a real shift
 * (it rejects 0 % at 50 rows on 20 bins), while the homogeneity χ² still rejects α of the windows without drift.
 */
export const calibratedFrom = 200

export type Verdict = 'stable' | 'warning' | 'alarm' | 'too-few'

export interface Evidence {
  n: number
  psi: number
  pValue: number
  homogeneityPValue: number
  /** From `smallestVisibleShift`, for this many rows. */
  visiblePsi: number
}

/**
 * An alarm needs both: a test that rejects, and an effect above the minimum size. Without a rejection a window is
 * `stable` only if it could have shown the smallest effect worth a warning; else it is `too-few`, never green.
 */
export function verdict(evidence: Evidence, thresholds: DriftThresholds = defaultThresholds): Verdict {
  const { n, psi, pValue, homogeneityPValue, visiblePsi } = evidence
  const rejects = (n >= calibratedFrom ? pValue : homogeneityPValue) < thresholds.alpha
  if (rejects && psi >= thresholds.alarm) return 'alarm'
  if (rejects && psi >= thresholds.warning) return 'warning'
  return visiblePsi > thresholds.warning ? 'too-few' : 'stable'
}
