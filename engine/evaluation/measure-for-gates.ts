import type { Comparison } from '../../shared/contract/evaluation.ts'
import type { Metrics } from '../../shared/metrics/metrics.ts'
import type { MeasureForGates } from '../bundles/metric-gates.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Evaluation } from './evaluation.ts'

/** The estimates of one of the compared versions. */
function metricsOf(comparison: Comparison, version: number): Metrics {
  const entries = comparison.metrics.map(({ key, estimates }) => [key, estimates[version]?.value])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/**
 * Metrics for gates: a version's own of training, and both on the same rows where a champion is asked for. The rows are
 * those that both held out, else the version's own, on which the champion may have been trained: then the gate is
 * stricter than it would be on rows that neither has seen. An imported one may have been trained on either.
 */
export function measureForGates(parts: {
  catalog: Pick<Catalog, 'get'>
  evaluation: Pick<Evaluation, 'compare'>
}): MeasureForGates {
  const { catalog, evaluation } = parts
  return async ({ name, version }, champion) => {
    const { record } = await catalog.get(name, version)
    const alone = { own: record.metrics, rows: record.split.test, champion: null }
    if (champion === null) return alone
    const versions = [
      { name, version },
      { name, version: champion },
    ]
    const comparison = await evaluation.compare(versions, new AbortController().signal)
    const { kind, rows, says } = comparison.basis
    if (kind === 'separate') return { ...alone, noChampion: `the champion cannot be compared: ${says}` }
    return {
      own: metricsOf(comparison, 0),
      rows,
      champion: { version: champion, metrics: metricsOf(comparison, 1) },
    }
  }
}
