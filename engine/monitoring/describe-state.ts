import type { Drift, Point } from '../../shared/contract/monitoring.ts'
import type { Baseline } from '../../shared/drift/baseline.ts'
import { describeDrift } from '../../shared/drift/column-drift.ts'
import { psi, sharesOf } from '../../shared/drift/compare-counts.ts'
import { latencyPercentile } from '../../shared/drift/latency.ts'
import type { Counted, Traffic } from '../../shared/drift/merge-windows.ts'
import type { Bucket } from './bucket-cache.ts'

/** Rows below which a point's PSI says more about chance than about the data. */
const rowsForPsi = 50

/** Responses that were not the wanted answer: 4xx and 5xx. */
export function errorsOf(statuses: Readonly<Record<string, number>>): number {
  let errors = 0
  for (const [status, count] of Object.entries(statuses)) if (Number(status) >= 400) errors += count
  return errors
}

/** Drift of every column over a period, features before outputs, in the baseline's order. */
export function describeDrifts(baseline: Baseline, counted: Counted | null): Drift[] {
  const of = (role: Drift['role'], columns: Baseline['features']) =>
    columns.map((column, i) => {
      const live = (role === 'feature' ? counted?.features : counted?.outputs)?.[i]
      const zeros = { counts: column.stats.counts.map(() => 0), n: 0, mean: 0, m2: 0, min: null, max: null }
      return describeDrift(role, column, live ?? zeros)
    })
  return [...of('feature', baseline.features), ...of('output', baseline.outputs)]
}

function psiOf(baseline: Baseline, counted: Counted | undefined): (number | null)[] {
  const of = (columns: Baseline['features'], live: Counted['features'] | undefined) =>
    columns.map((column, i) => {
      const counts = live?.[i]?.counts
      if (!counts) return null
      const shares = sharesOf(column.stats.counts, counts)
      return shares.n < rowsForPsi ? null : psi(shares)
    })
  return [...of(baseline.features, counted?.features), ...of(baseline.outputs, counted?.outputs)]
}

/** Points of the charts' time axis, oldest first; steps in which no window was counted are left out. */
export function describePoints(
  traffic: readonly Bucket<Traffic>[],
  counted: readonly Bucket<Counted>[],
  baseline: Baseline | null,
): Point[] {
  const counts = new Map(counted.map((bucket) => [bucket.slot, bucket.value]))
  return traffic.map(({ slot, value }) => ({
    start: value.start,
    end: value.end,
    requests: value.requests,
    rows: value.rows,
    statuses: value.statuses,
    p50: latencyPercentile(value.latency, 0.5),
    p95: latencyPercentile(value.latency, 0.95),
    p99: latencyPercentile(value.latency, 0.99),
    bytesIn: value.bytesIn,
    bytesOut: value.bytesOut,
    cpu: value.end > value.start ? value.cpuSeconds / ((value.end - value.start) / 1000) : 0,
    memoryBytes: value.memoryBytes,
    eventLoopDelayMs: value.eventLoopDelayMs,
    psi: baseline ? psiOf(baseline, counts.get(slot)) : [],
  }))
}

const severity: Record<Drift['verdict'], number> = { alarm: 3, warning: 2, stable: 1, 'too-few': 0 }

/** The column that has moved most: by verdict first, then by PSI. Null before any row was counted. */
export function worstOf(
  drifts: readonly Drift[],
): { column: string; psi: number; verdict: Drift['verdict'] } | null {
  let worst: Drift | null = null
  for (const drift of drifts) {
    if (drift.n === 0) continue
    const difference = worst ? severity[drift.verdict] - severity[worst.verdict] : 1
    if (!worst || difference > 0 || (difference === 0 && drift.psi > worst.psi)) worst = drift
  }
  return worst && { column: worst.column, psi: worst.psi, verdict: worst.verdict }
}
