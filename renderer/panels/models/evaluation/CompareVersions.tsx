import { useQuery } from '@tanstack/react-query'
import type { Comparison } from '../../../../shared/contract/evaluation.ts'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import type { Estimate } from '../../../../shared/evaluation/bootstrap.ts'
import { metricName } from '../../../../shared/metrics/metric-name.ts'
import { type MetricKey, metricKeys } from '../../../../shared/metrics/metrics.ts'
import { api } from '../../../client.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { QueryView } from '../../../ui/QueryView.tsx'
import { OverlaidCurves } from './OverlaidCurves.tsx'
import { estimateText } from './SlicesPanel.tsx'
import { versionTitle } from './version-title.ts'
import './evaluation.css'

const smallerIsBetter: ReadonlySet<MetricKey> = new Set(['logLoss', 'rmse', 'mae'])

/** Two or more versions beside each other; the first is what the others are measured against. */
export function CompareVersions(props: { readonly versions: readonly VersionRef[] }) {
  const query = useQuery(api.evaluation.compare.queryOptions({ input: { versions: [...props.versions] } }))
  return (
    <QueryView query={query} loading="Comparing versions">
      {(comparison) => <Compared comparison={comparison} />}
    </QueryView>
  )
}

function Compared(props: { readonly comparison: Comparison }) {
  const { versions, spec, basis, metrics } = props.comparison
  return (
    <>
      <Panel title="Metrics side by side">
        <p className={basis.kind === 'shared' ? 'sw-evaluation-basis' : 'sw-models-stale'}>{basis.says}</p>
        <div className="sw-models-scroll">
          <table className="sw-table sw-models-table sw-evaluation-versions">
            <thead>
              <tr>
                <th>Metric</th>
                {versions.map((version) => (
                  <th key={versionTitle(version)} data-numeric>
                    {versionTitle(version)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...metrics]
                .sort((a, b) => metricKeys.indexOf(a.key) - metricKeys.indexOf(b.key))
                .map((metric) => (
                  <tr key={metric.key}>
                    <td>{metricName(metric.key)}</td>
                    {metric.estimates.map((estimate, i) => (
                      <td key={versionTitle(versions[i]!)} data-numeric className="sw-evaluation-compared">
                        {estimateText(estimate)}
                        <Difference of={metric.key} difference={metric.differences[i]} />
                      </td>
                    ))}
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
        <p className="sw-evaluation-basis">
          In brackets 95 % bootstrap intervals.
          {basis.kind !== 'separate' &&
            versions[0] &&
            ` Below each figure its difference from ${versionTitle(versions[0])}, whose interval draws the same rows for both.`}
        </p>
      </Panel>
      <OverlaidCurves comparison={props.comparison} />
      <Panel title="Spec">
        {spec.length === 0 ? (
          <p className="sw-evaluation-basis">The train cells are the same.</p>
        ) : (
          <table className="sw-table sw-models-table">
            <thead>
              <tr>
                <th>Key</th>
                {versions.map((version) => (
                  <th key={versionTitle(version)}>{versionTitle(version)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {spec.map(({ path, values }) => (
                <tr key={path}>
                  <td>
                    <code>{path}</code>
                  </td>
                  {values.map((value, i) => (
                    <td key={versionTitle(versions[i]!)}>{value === null ? '–' : <code>{value}</code>}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
    </>
  )
}

/** Better or worse only where the interval leaves zero out. */
function Difference(props: { readonly of: MetricKey; readonly difference: Estimate | null | undefined }) {
  const { of, difference } = props
  if (!difference) return null
  const { value, low, high } = difference
  const sure = low !== null && high !== null && (low > 0 || high < 0)
  const better = value > 0 !== smallerIsBetter.has(of)
  return (
    <span className="sw-evaluation-difference" data-better={sure ? better : undefined}>
      {value > 0 ? '+' : ''}
      {estimateText(difference)} {sure ? (better ? 'better' : 'worse') : 'no clear difference'}
    </span>
  )
}
