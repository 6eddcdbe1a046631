import { Button, SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Server } from 'lucide-react'
import { useState } from 'react'
import type { MonitoringState } from '../../../shared/contract/monitoring.ts'
import { api } from '../../client.ts'
import { openTab, type TabProps } from '../../shell/open-tab.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { DeploymentStateChip } from '../../ui/DeploymentState.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { formatCount, formatDuration, formatShare } from '../../ui/format.ts'
import { PageHead } from '../../ui/PageHead.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Time } from '../../ui/Time.tsx'
import { DriftPanel } from './DriftPanel.tsx'
import { definitions } from './definitions.ts'
import { defaultPeriod, type Period, periods } from './periods.ts'
import { RealisedPanel } from './RealisedPanel.tsx'
import { TrafficCharts } from './TrafficCharts.tsx'
import { VersionsPanel } from './VersionsPanel.tsx'
import './monitoring.css'

/** One deployment over time: its traffic, whether it drifts, and how right it was. */
export function MonitoringPage(props: TabProps) {
  const { id, visible } = props
  const [period, setPeriod] = useState<Period>(defaultPeriod)
  const state = useQuery({
    ...api.monitoring.state.queryOptions({ input: { deployment: id, minutes: period.minutes } }),
    refetchInterval: visible ? period.refreshMs : false,
    placeholderData: keepPreviousData,
  })
  const deployments = useQuery(api.deployments.list.queryOptions())
  const deployment = deployments.data?.find((candidate) => candidate.name === id)
  return (
    <div className="sw-page sw-stacked-page">
      <PageHead
        title={id}
        beside={deployment && <DeploymentStateChip state={deployment.state} problem={deployment.problem} />}
        actions={
          <>
            <SegmentedControl
              aria-label="Period"
              value={period.value}
              onChange={(value) => setPeriod(periods.find((one) => one.value === value) ?? defaultPeriod)}
              data={periods.map(({ value, label }) => ({ value, label }))}
            />
            <Button
              variant="default"
              leftSection={<Server size={14} />}
              onClick={() => openTab({ kind: 'deployment', id, title: id })}
            >
              Deployment
            </Button>
          </>
        }
        below={
          <>
            {deployment && (
              <span className="sw-monitor-endpoint">
                <code>{deployment.endpoint}</code>
                <CopyButton text={deployment.endpoint} label="Copy the endpoint" />
              </span>
            )}
            {state.data && (
              <>
                <span>
                  {state.data.model.name} v{state.data.model.version}
                </span>
                <span>
                  {state.data.pulled === null ? (
                    'never read'
                  ) : (
                    <>
                      read <Time at={state.data.pulled} />
                    </>
                  )}
                </span>
              </>
            )}
          </>
        }
      />
      <QueryView query={state} loading="Reading the windows">
        {(data) =>
          // Of another period than the one asked for: that nothing came in it says nothing of this one.
          state.isPlaceholderData && data.totals.requests === 0 ? (
            <p className="sw-muted">Reading the last {period.label}</p>
          ) : (
            <Content state={data} period={period} endpoint={deployment?.endpoint ?? null} />
          )
        }
      </QueryView>
    </div>
  )
}

function Content(props: {
  readonly state: MonitoringState
  readonly period: Period
  readonly endpoint: string | null
}) {
  const { state, period, endpoint } = props
  return (
    <>
      {state.problem !== '' && (
        <ErrorNote
          content={{
            message: state.problem,
            whatToDo: 'What was recorded before is shown below. Switch the deployment on to record more.',
          }}
        />
      )}
      {state.totals.requests === 0 ? (
        <Idle state={state} period={period} endpoint={endpoint} />
      ) : (
        <>
          <Totals state={state} period={period} />
          <TrafficCharts points={state.points} period={period} />
          <VersionsPanel state={state} />
          <div className="sw-monitor-drifts">
            <DriftPanel state={state} period={period} of="feature" />
            <div className="sw-monitor-side">
              <DriftPanel state={state} period={period} of="output" />
              <RealisedPanel state={state} endpoint={endpoint} />
            </div>
          </div>
        </>
      )}
    </>
  )
}

/** Nothing was asked, so there is no traffic to draw and no drift to measure: what is left is the process itself. */
function Idle(props: {
  readonly state: MonitoringState
  readonly period: Period
  readonly endpoint: string | null
}) {
  const { state, period, endpoint } = props
  return (
    <>
      <EmptyState
        action={{
          label: 'Send a request',
          onClick: () => openTab({ kind: 'deployment', id: state.deployment, title: state.deployment }),
        }}
      >
        No requests in the last {period.label}: traffic and drift appear here within seconds of the first one.
      </EmptyState>
      {state.points.length > 0 && <TrafficCharts points={state.points} period={period} idle />}
      {state.realised.n > 0 && <RealisedPanel state={state} endpoint={endpoint} />}
    </>
  )
}

function Totals(props: { readonly state: MonitoringState; readonly period: Period }) {
  const { totals } = props.state
  const errorRate = totals.requests === 0 ? 0 : totals.errors / totals.requests
  return (
    <section className="sw-monitor-figures" aria-label={`Totals of the last ${props.period.label}`}>
      <Figure label="Requests">{formatCount(totals.requests)}</Figure>
      <Figure label="Rows">{formatCount(totals.rows)}</Figure>
      <Figure label="Errors" title={definitions.errors} note={formatShare(errorRate)}>
        {formatCount(totals.errors)}
      </Figure>
      <Figure label="Latency p99" title={definitions.p99}>
        {totals.p99 === null ? '–' : formatDuration(totals.p99 * 1000)}
      </Figure>
      <Figure label="Feedback" title={definitions.realised}>
        {formatCount(totals.feedback)}
      </Figure>
    </section>
  )
}
