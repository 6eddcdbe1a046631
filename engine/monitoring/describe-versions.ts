import type { VersionTraffic } from '../../shared/contract/monitoring.ts'
import { latencyPercentile } from '../../shared/drift/latency.ts'
import { mergeCounted } from '../../shared/drift/merge-windows.ts'
import { describeDrifts, worstOf } from './describe-state.ts'
import type { MonitoringStore, Period } from './store.ts'

/**
 * What each version did over a period, role by role, against its own baseline. Drift is looked at only where several
 * stand side by side: alone, the version's is the state's own.
 */
export async function describeVersions(
  store: Pick<MonitoringStore, 'versions' | 'counted' | 'model'>,
  period: Period,
): Promise<VersionTraffic[]> {
  const found = await store.versions(period)
  const step = Math.max(period.to - period.from, 1)
  return await Promise.all(
    found.map(async ({ model, role, layoutHash, requests, rows, errors, latency }) => {
      const monitored = found.length > 1 ? await store.model(period.deployment, model) : null
      const as = role === 'shadow' ? 'shadow' : 'answers'
      const counted =
        monitored?.baseline.layoutHash === layoutHash
          ? mergeCounted((await store.counted(period, step, model, layoutHash, as)).map(({ value }) => value))
          : null
      return {
        version: model.version,
        role,
        requests,
        rows,
        errors,
        p99: latencyPercentile(latency, 0.99),
        worstDrift: monitored && counted ? worstOf(describeDrifts(monitored.baseline, counted)) : null,
      }
    }),
  )
}
