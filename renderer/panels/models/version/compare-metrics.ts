import type { ModelSummary } from '../../../../shared/contract/models.ts'
import { type MetricKey, metricKeys } from '../../../../shared/metrics/metrics.ts'

/** Errors and losses: smaller is better. */
const smallerIsBetter: ReadonlySet<MetricKey> = new Set(['logLoss', 'rmse', 'mae'])

export interface MetricRow {
  readonly key: MetricKey
  readonly value: number
  /** Change against the version before; null where that has no such metric. */
  readonly change: number | null
  readonly verdict: 'better' | 'worse' | 'same'
  /** Of every version that has it, oldest first. */
  readonly history: readonly { readonly version: number; readonly value: number }[]
}

/** A version's metrics against the version before it and over the model's whole history. */
export function compareMetrics(versions: readonly ModelSummary[], version: number): MetricRow[] {
  const ordered = versions.toSorted((a, b) => a.version - b.version)
  const current = ordered.find((candidate) => candidate.version === version)
  if (current === undefined) return []
  const earlier = ordered.findLast((candidate) => candidate.version < version)
  return metricKeys.flatMap((key) => {
    const value = current.metrics[key]
    if (value === undefined) return []
    const before = earlier?.metrics[key]
    const change = before === undefined ? null : value - before
    const history = ordered.flatMap((candidate) => {
      const past = candidate.metrics[key]
      return past === undefined ? [] : [{ version: candidate.version, value: past }]
    })
    return [{ key, value, change, verdict: verdictOf(key, change), history }]
  })
}

function verdictOf(key: MetricKey, change: number | null): MetricRow['verdict'] {
  if (change === null || Math.abs(change) < 1e-9) return 'same'
  return change > 0 !== smallerIsBetter.has(key) ? 'better' : 'worse'
}
