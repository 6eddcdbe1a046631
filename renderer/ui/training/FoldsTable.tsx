import type { CrossValidationResult } from '../../../shared/catalog/training-results.ts'
import { metricName } from '../../../shared/metrics/metric-name.ts'
import { metricKeys } from '../../../shared/metrics/metrics.ts'
import { formatCount, formatMetric } from '../format.ts'
import './training-tables.css'

/** Metrics of every fold, and over all of them: mean, spread and interval. */
export function FoldsTable({ result }: { readonly result: CrossValidationResult }) {
  const keys = metricKeys.filter((key) => result.summary[key] !== undefined)
  const kind = result.folds === 1 ? 'Repeated hold-out' : `${formatCount(result.folds)}-fold cross-validation`
  const repeats =
    result.repeats > 1
      ? `, ${formatCount(result.repeats)} times with seeds ${result.seeds[0]} to ${result.seeds.at(-1)}`
      : ''
  const reused = result.reused > 0 ? ` ${formatCount(result.reused)} fits came from an earlier run.` : ''
  return (
    <section className="sw-trials" aria-label="Cross-validation">
      <p className="sw-muted">
        {kind}
        {repeats}, {result.method} split, on all rows.{reused}
      </p>
      <div className="sw-trials-scroll">
        <table className="sw-table">
          <thead>
            <tr>
              <th>Fold</th>
              {keys.map((key) => (
                <th key={key} data-numeric>
                  {metricName(key)}
                </th>
              ))}
              <th data-numeric>Test rows</th>
            </tr>
          </thead>
          <tbody>
            <tr data-best>
              <td>Mean ± sd</td>
              {keys.map((key) => (
                <td key={key} data-numeric>
                  {formatMetric(result.summary[key]?.mean)} ± {formatMetric(result.summary[key]?.sd, 2)}
                </td>
              ))}
              <td />
            </tr>
            <tr>
              <td>95 % interval</td>
              {keys.map((key) => {
                const { low = null, high = null } = result.summary[key] ?? {}
                return (
                  <td key={key} data-numeric>
                    {low === null ? '–' : `${formatMetric(low)} to ${formatMetric(high)}`}
                  </td>
                )
              })}
              <td />
            </tr>
            {result.results.map((one) => (
              <tr key={`${one.repeat}.${one.fold}`}>
                <td>
                  {result.repeats > 1 ? `${one.repeat}.` : ''}
                  {one.fold}
                </td>
                {keys.map((key) => (
                  <td key={key} data-numeric>
                    {formatMetric(one.metrics[key])}
                  </td>
                ))}
                <td data-numeric>{formatCount(one.rows.test)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
