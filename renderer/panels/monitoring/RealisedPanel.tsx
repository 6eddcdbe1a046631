import { useQuery } from '@tanstack/react-query'
import type { MonitoringState } from '../../../shared/contract/monitoring.ts'
import { metricName } from '../../../shared/metrics/metric-name.ts'
import type { MetricKey } from '../../../shared/metrics/metrics.ts'
import { api } from '../../client.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { formatCounted, formatMetric } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { definitions } from './definitions.ts'

/** How right the predictions turned out to be, beside what the held-out rows promised. */
export function RealisedPanel(props: { readonly state: MonitoringState; readonly endpoint: string | null }) {
  const { state, endpoint } = props
  const { realised, model } = state
  const models = useQuery(api.models.list.queryOptions())
  const trained = models.data?.find((one) => one.name === model.name && one.version === model.version)
  const metrics = Object.entries(realised.metrics)
  return (
    <Panel
      label="Realised performance"
      title={<span title={definitions.realised}>Realised performance</span>}
      actions={
        realised.n > 0 && <span className="sw-monitor-now">{formatCounted(realised.n, 'outcome')}</span>
      }
    >
      {metrics.length === 0 ? (
        <NoFeedback endpoint={endpoint} />
      ) : (
        <div className="sw-monitor-figures">
          {metrics.map(([key, value]) => {
            const promised = trained?.metrics[key as MetricKey]
            return (
              <Figure
                key={key}
                label={metricName(key)}
                {...(promised === undefined ? {} : { note: `${formatMetric(promised, 3)} held out` })}
              >
                {formatMetric(value, 3)}
              </Figure>
            )
          })}
        </div>
      )}
    </Panel>
  )
}

function NoFeedback(props: { readonly endpoint: string | null }) {
  const command = [
    `curl -sS ${props.endpoint ?? 'http://127.0.0.1:PORT'}/feedback \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '{"feedback":[{"id":"ID FROM A RESPONSE","actual":"OUTCOME"}]}'`,
  ].join('\n')
  return (
    <>
      <p className="sw-muted">
        No outcomes have arrived. Send each one with the id that its prediction carried in <code>ids</code>.
      </p>
      <div className="sw-monitor-code">
        <CopyButton text={command} label="Copy the feedback command" />
        <pre>{command}</pre>
      </div>
    </>
  )
}
