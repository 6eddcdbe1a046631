import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { FleetRow } from '../../../shared/contract/monitoring.ts'
import { metricName } from '../../../shared/metrics/metric-name.ts'
import { api } from '../../client.ts'
import { openTab, type TabProps } from '../../shell/open-tab.ts'
import { DeploymentStateChip } from '../../ui/DeploymentState.tsx'
import { formatCounted, formatDuration, formatMetric, formatNumber, formatShare } from '../../ui/format.ts'
import { PageHead } from '../../ui/PageHead.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Sparkline } from '../../ui/Sparkline.tsx'
import { definitions } from './definitions.ts'
import { NothingMonitored } from './NothingMonitored.tsx'
import { WorstDrift } from './WorstDrift.tsx'
import './monitoring.css'

function Realised({ realised }: { readonly realised: FleetRow['realised'] }) {
  if (realised === null) return '–'
  return (
    <span title={`Of ${formatCounted(realised.n, 'outcome')} that arrived in the last seven days`}>
      <span className="sw-muted">{metricName(realised.metric)}</span> {formatMetric(realised.value, 3)}
    </span>
  )
}

/** One row a deployment: is it up, is it used, does it answer, does it see what it was trained on, is it right. */
export function FleetPage(props: TabProps) {
  const deployments = useQuery(api.deployments.list.queryOptions())
  const fleet = useQuery({
    ...api.monitoring.fleet.queryOptions(),
    refetchInterval: props.visible ? 2000 : false,
    placeholderData: keepPreviousData,
  })
  const rows = new Map((fleet.data ?? []).map((row) => [row.deployment, row]))
  return (
    <div className="sw-page sw-stacked-page">
      <PageHead title="Fleet" />
      <QueryView query={deployments} loading="Reading the deployments">
        {(all) =>
          all.length === 0 ? (
            <NothingMonitored />
          ) : (
            <QueryView query={fleet} loading="Reading the windows">
              {() => (
                <div className="sw-monitor-scroll">
                  <table className="sw-table sw-monitor-fleet">
                    <thead>
                      <tr>
                        <th>Deployment</th>
                        <th>State</th>
                        <th>Version</th>
                        <th data-numeric title={definitions.requestRate}>
                          Requests / min
                        </th>
                        <th>Last 20 min</th>
                        <th data-numeric title={definitions.errors}>
                          Errors
                        </th>
                        <th data-numeric title={definitions.p99}>
                          Latency p99
                        </th>
                        <th title={definitions.psi}>Worst drift</th>
                        <th data-numeric title={definitions.realisedWeek}>
                          Realised
                        </th>
                      </tr>
                    </thead>
                    <tbody>
                      {all.map((deployment) => {
                        const row = rows.get(deployment.name)
                        const errors = row?.errorRate ?? 0
                        return (
                          <tr key={deployment.name}>
                            <td>
                              <button
                                type="button"
                                className="sw-monitor-link"
                                onClick={() =>
                                  openTab({
                                    kind: 'monitoring',
                                    id: deployment.name,
                                    title: `${deployment.name}: monitoring`,
                                  })
                                }
                              >
                                {deployment.name}
                              </button>
                            </td>
                            <td>
                              <DeploymentStateChip state={deployment.state} problem={deployment.problem} />
                            </td>
                            <td>
                              {deployment.model.name} v{deployment.model.version}
                            </td>
                            <td data-numeric>
                              {row === undefined ? '–' : formatNumber(row.requestsPerMinute, 3)}
                            </td>
                            <td className="sw-monitor-spark">
                              {row !== undefined && (
                                <Sparkline
                                  values={row.sparkline}
                                  width={110}
                                  label={`Requests to ${deployment.name} in each of the last ${row.sparkline.length} minutes, at most ${formatNumber(Math.max(0, ...row.sparkline))}`}
                                />
                              )}
                            </td>
                            <td data-numeric data-bad={errors > 0 || undefined}>
                              {row === undefined ? '–' : formatShare(errors)}
                            </td>
                            <td data-numeric>{row?.p99 == null ? '–' : formatDuration(row.p99 * 1000)}</td>
                            <td>
                              <WorstDrift worst={row?.worstDrift ?? null} />
                            </td>
                            <td data-numeric>
                              <Realised realised={row?.realised ?? null} />
                            </td>
                          </tr>
                        )
                      })}
                    </tbody>
                  </table>
                </div>
              )}
            </QueryView>
          )
        }
      </QueryView>
    </div>
  )
}
