import type { Drift } from '../contract/monitoring.ts'
import { Failure } from '../failure.ts'
import type { BaselineColumn, ColumnCounts } from './baseline.ts'
import { hellinger, jensenShannon, lInfinity, psi, psiPValue, sharesOf, total } from './compare-counts.ts'
import { ksDistance, wassersteinNormed } from './edge-distances.ts'
import { homogeneity } from './homogeneity.ts'
import { slotLabels, slotRoles } from './slots.ts'
import { calibratedFrom, type DriftThresholds, defaultThresholds, type Verdict, verdict } from './verdict.ts'
import { smallestVisibleShift } from './visible-shift.ts'
import { type Rate, wilson } from './wilson.ts'

/** Every statistic of one column; the contract's `Drift` is a part of it. */
export interface ColumnDrift {
  n: number
  psi: number
  pValue: number
  homogeneityPValue: number
  jensenShannon: number
  hellinger: number
  lInfinity: number
  /** Numeric columns only: in standard deviations of the baseline, and max |F − G|. */
  wasserstein: number | null
  ks: number | null
  missing: Rate
  baselineMissing: Rate
  /** Numbers outside the training range or infinite; categories never seen in training. */
  outside: Rate
  verdict: Verdict
  note: string
}

function significant(value: number): string {
  return String(Number(value.toPrecision(value >= 1 ? 3 : 2)))
}

/** Up, so that the note never promises a smaller shift than the window can show. */
function roundedUp(value: number): string {
  return value >= 10 ? String(Math.ceil(value)) : String(Math.ceil(value * 10 - 1e-9) / 10)
}

function noteOf(found: Verdict, n: number, psiValue: number, pValue: number, visibleSd: number): string {
  const rows = n.toLocaleString('en-US')
  if (n === 0) return 'n = 0, nothing was counted in this period'
  switch (found) {
    case 'too-few':
      return `n = ${rows}, can see shifts ≥ ${roundedUp(visibleSd)} sd`
    case 'stable':
      return `n = ${rows}, PSI ${significant(psiValue)} is within what no drift gives or too small to matter`
    default:
      return `n = ${rows}, PSI ${significant(psiValue)}, p ${pValue < 0.0001 ? '< 0.0001' : `= ${significant(pValue)}`}`
  }
}

/**
 * Compares a column's live counts with its baseline.
 *
 * @throws Failure `conflict` when the counts have another number of slots than the baseline's layout
 */
export function columnDrift(
  baseline: BaselineColumn,
  live: ColumnCounts,
  thresholds: DriftThresholds = defaultThresholds,
): ColumnDrift {
  const { layout, stats } = baseline
  const roles = slotRoles(layout)
  if (live.counts.length !== roles.count || stats.counts.length !== roles.count) {
    throw new Failure(
      'conflict',
      `Column "${layout.name}" has ${roles.count} slots, but the counts have ${live.counts.length} (baseline ${stats.counts.length}).`,
      'The endpoint serves another version than its baseline; pull again after it has been redeployed.',
    )
  }
  const shares = sharesOf(stats.counts, live.counts)
  const { n, m } = shares
  const psiValue = psi(shares)
  const pValue = psiPValue(shares)
  const homogeneityPValue = homogeneity(stats.counts, live.counts).pValue
  const visible = smallestVisibleShift(n, m, shares.p.length, thresholds.alpha, thresholds.power)
  const found = verdict({ n, psi: psiValue, pValue, homogeneityPValue, visiblePsi: visible.psi }, thresholds)
  const numeric = layout.kind === 'numeric' ? layout : null
  return {
    n,
    psi: psiValue,
    pValue,
    homogeneityPValue,
    jensenShannon: jensenShannon(shares),
    hellinger: hellinger(shares),
    lInfinity: lInfinity(shares),
    wasserstein: numeric && wassersteinNormed(numeric.edges, stats, live),
    ks: numeric && ksDistance(numeric.edges, stats, live),
    missing: wilson(live.counts[roles.missing]!, n),
    baselineMissing: wilson(stats.counts[roles.missing]!, m),
    outside: wilson(total(roles.outside.map((slot) => live.counts[slot]!)), n),
    verdict: found,
    note: noteOf(found, n, psiValue, n < calibratedFrom ? homogeneityPValue : pValue, visible.sd),
  }
}

/** The same as the window shows it. */
export function describeDrift(
  role: Drift['role'],
  baseline: BaselineColumn,
  live: ColumnCounts,
  thresholds: DriftThresholds = defaultThresholds,
): Drift {
  const drift = columnDrift(baseline, live, thresholds)
  const labels = slotLabels(baseline.layout)
  const m = total(baseline.stats.counts)
  return {
    column: baseline.layout.name,
    role,
    kind: baseline.layout.kind,
    n: drift.n,
    psi: drift.psi,
    pValue: drift.pValue,
    jensenShannon: drift.jensenShannon,
    missingRate: drift.missing.rate,
    baselineMissingRate: drift.baselineMissing.rate,
    outsideRate: drift.outside.rate,
    verdict: drift.verdict,
    note: drift.note,
    slots: labels.map((label, i) => ({
      label,
      baseline: m === 0 ? 0 : baseline.stats.counts[i]! / m,
      live: drift.n === 0 ? 0 : live.counts[i]! / drift.n,
    })),
  }
}
