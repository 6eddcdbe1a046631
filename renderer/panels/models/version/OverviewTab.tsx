import { useQuery } from '@tanstack/react-query'
import { TrendingDown, TrendingUp } from 'lucide-react'
import { kindName } from '../../../../shared/catalog/kind-name.ts'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { metricName } from '../../../../shared/metrics/metric-name.ts'
import { mainMetric } from '../../../../shared/metrics/metrics.ts'
import { api } from '../../../client.ts'
import { openTab } from '../../../shell/open-tab.ts'
import { Figure } from '../../../ui/Figure.tsx'
import { formatCounted, formatMetric } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { Time } from '../../../ui/Time.tsx'
import { FoldsTable } from '../../../ui/training/FoldsTable.tsx'
import { LeakageWarnings } from '../../../ui/training/LeakageWarnings.tsx'
import { AboutPanel } from '../about/AboutPanel.tsx'
import { CardPanel } from '../about/CardPanel.tsx'
import { AliasChip } from '../aliases/AliasChip.tsx'
import { LineagePanel } from '../lineage/LineagePanel.tsx'
import { StaleChip } from '../StaleChip.tsx'
import { compareMetrics, type MetricRow } from './compare-metrics.ts'

/** Metrics against the version before, every version in a row, and the card. */
export function OverviewTab(props: { readonly detail: ModelDetail }) {
  const { record } = props.detail
  const list = useQuery(api.models.list.queryOptions())
  const versions = (list.data ?? []).filter((version) => version.name === record.name)
  const rows = compareMetrics(versions, record.version)
  const main = mainMetric[record.task].key
  const keys = rows.map((row) => row.key)
  return (
    <div className="sw-models-tab">
      <Panel
        title={
          rows.length === 0
            ? 'Metrics'
            : `Metrics on ${formatCounted(record.split.test, record.provenance.imported ? 'given row' : 'held-out row')}`
        }
      >
        {rows.length === 0 && (
          <p className="sw-muted">
            It was imported without the answers to any rows. Import it again with data to see how well it
            does.
          </p>
        )}
        <div className="sw-models-figures">
          {rows.map((row) => (
            <Figure
              key={row.key}
              label={metricName(row.key)}
              {...(row.change === null ? {} : { note: <Change row={row} /> })}
              title={`${metricName(row.key)} on the test split: ${row.value}`}
            >
              {formatMetric(row.value)}
            </Figure>
          ))}
        </div>
      </Panel>
      {record.warnings && (
        <Panel title="Warnings">
          <LeakageWarnings warnings={record.warnings} />
        </Panel>
      )}
      {record.crossValidation && (
        <Panel title="Cross-validation">
          <FoldsTable result={record.crossValidation} />
        </Panel>
      )}
      <AboutPanel detail={props.detail} />
      {versions.length > 1 && (
        <Panel title="Versions">
          <div className="sw-models-scroll">
            <table className="sw-table sw-models-table">
              <thead>
                <tr>
                  <th>Version</th>
                  <th>Model</th>
                  <th>Trained</th>
                  {keys.map((key) => (
                    <th key={key} data-numeric data-main={key === main || undefined}>
                      {metricName(key)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {versions.map((version) => (
                  <tr
                    key={version.version}
                    aria-current={version.version === record.version || undefined}
                    className={version.version === record.version ? 'sw-models-current' : ''}
                  >
                    <td>
                      <button
                        type="button"
                        className="sw-models-link"
                        onClick={() =>
                          openTab({
                            kind: 'model',
                            id: `${version.name}:${version.version}`,
                            title: `${version.name} v${version.version}`,
                          })
                        }
                      >
                        v{version.version}
                      </button>{' '}
                      {version.aliases.map((alias) => (
                        <AliasChip key={alias} alias={alias} />
                      ))}
                      <StaleChip version={version} />
                    </td>
                    <td>{kindName(version.kind)}</td>
                    <td>
                      <Time at={version.created} />
                    </td>
                    {keys.map((key) => (
                      <td key={key} data-numeric>
                        {formatMetric(version.metrics[key])}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Panel>
      )}
      <LineagePanel version={record} />
      <CardPanel detail={props.detail} />
    </div>
  )
}

function Change(props: { readonly row: MetricRow }) {
  const { change, verdict, history } = props.row
  if (change === null || verdict === 'same') return 'as before'
  const before = history.length > 1 ? 'against the version before' : ''
  const Arrow = change > 0 ? TrendingUp : TrendingDown
  return (
    <span
      className={verdict === 'better' ? 'sw-models-better' : 'sw-models-worse'}
      title={`${verdict} ${before}`}
    >
      <Arrow size={12} aria-hidden /> {change > 0 ? '+' : ''}
      {formatMetric(change, 3)} {verdict}
    </span>
  )
}
