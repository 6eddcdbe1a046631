import type { SearchTable as Table, Trial } from '../../../shared/catalog/training-results.ts'
import { metricName } from '../../../shared/metrics/metric-name.ts'
import { formatCount, formatDuration, formatMetric } from '../format.ts'
import './training-tables.css'

const methods = { grid: 'Grid search', random: 'Random search', halving: 'Successive halving' } as const

function valueText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Best first: a later rung before an earlier one, then by the mean; what is not measured yet at the end. */
function inOrder({ trials, higherIsBetter }: Table): Trial[] {
  const sign = higherIsBetter ? -1 : 1
  return trials.toSorted(
    (a, b) =>
      Number(a.mean === null) - Number(b.mean === null) ||
      (b.rung ?? 0) - (a.rung ?? 0) ||
      sign * ((a.mean ?? 0) - (b.mean ?? 0)) ||
      a.trial - b.trial,
  )
}

/** The settings a search tried, live while it runs. */
export function SearchTable({ table }: { readonly table: Table }) {
  const { fits, metric, best } = table
  const paths = [...new Set(table.trials.flatMap((trial) => Object.keys(trial.parameters)))]
  const reused = fits.reused > 0 ? `, ${formatCount(fits.reused)} of them from an earlier run` : ''
  const spread = table.folds > 1
  return (
    <section className="sw-trials" aria-label={methods[table.method]}>
      <p className="sw-muted">
        {methods[table.method]}: {formatCount(fits.done)} of {formatCount(fits.of)} fits done{reused},{' '}
        {formatDuration(table.durationMs)}. {metricName(metric)} over {formatCount(table.folds)}{' '}
        {spread ? 'folds' : 'held-out part'} of the rows outside the test split.
      </p>
      <div className="sw-trials-scroll">
        <table className="sw-table">
          <thead>
            <tr>
              <th data-numeric>Trial</th>
              {paths.map((path) => (
                <th key={path} title={path}>
                  {path.replace(/^model\.|^features\.columns\./, '')}
                </th>
              ))}
              <th data-numeric>
                {metricName(metric)}
                {spread ? ' ± sd' : ''}
              </th>
              {table.resource !== undefined && <th data-numeric>{table.resource.replace('model.', '')}</th>}
              <th data-numeric>Time</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {inOrder(table).map((trial) => (
              <tr key={trial.trial} data-best={trial.trial === best || undefined} data-state={trial.state}>
                <td data-numeric>{trial.trial}</td>
                {paths.map((path) => (
                  <td key={path}>{valueText(trial.parameters[path])}</td>
                ))}
                <td data-numeric>
                  {trial.mean === null
                    ? '–'
                    : `${formatMetric(trial.mean)}${spread ? ` ± ${formatMetric(trial.sd, 2)}` : ''}`}
                </td>
                {table.resource !== undefined && <td data-numeric>{formatCount(trial.resource)}</td>}
                <td data-numeric>{trial.ms === 0 ? '–' : formatDuration(trial.ms)}</td>
                <td title={trial.problem}>
                  {trial.trial === best ? 'best' : trial.state}
                  {trial.problem === undefined ? '' : `: ${trial.problem}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
