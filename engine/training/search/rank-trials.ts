import type { Trial } from '../../../shared/catalog/training-results.ts'

/**
 * The trials best first: those that reached a later rung before others, then by their mean; of equals the one drawn
 * first. Trials without a mean are left out.
 */
export function rankTrials(trials: readonly Trial[], higherIsBetter: boolean): Trial[] {
  const sign = higherIsBetter ? -1 : 1
  return trials
    .filter((trial) => trial.mean !== null)
    .sort(
      (a, b) => (b.rung ?? 0) - (a.rung ?? 0) || sign * ((a.mean ?? 0) - (b.mean ?? 0)) || a.trial - b.trial,
    )
}
