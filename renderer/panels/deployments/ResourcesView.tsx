import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Deployment, ServingProcess } from '../../../shared/contract/deployments.ts'
import { api } from '../../client.ts'
import { tokens } from '../../theme.ts'
import { Chip } from '../../ui/Chip.tsx'
import { formatBytes, formatCount, formatDuration } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { PlotlyChart } from '../../ui/PlotlyChart.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Time } from '../../ui/Time.tsx'
import { useScheme } from '../../ui/use-scheme.ts'
import { ReplicasControl } from './ReplicasControl.tsx'
import { resourceCharts } from './resource-charts.ts'

/** What the deployment's processes use, and how each of them is, looked at every two seconds. */
export function ResourcesView(props: { readonly deployment: Deployment; readonly visible: boolean }) {
  const { deployment, visible } = props
  const active = deployment.state === 'ACTIVE'
  const resources = useQuery({
    ...api.deployments.resources.queryOptions({ input: { name: deployment.name } }),
    enabled: active,
    refetchInterval: visible && active ? 2000 : false,
  })
  return (
    <>
      {active ? (
        <QueryView query={resources} loading="Asking the processes">
          {({ processes, samples }) => (
            <>
              <Charts samples={samples} />
              <Processes processes={processes} />
            </>
          )}
        </QueryView>
      ) : (
        <p className="sw-muted">Switch the deployment on to see what it uses.</p>
      )}
      <Panel title="Replicas">
        <ReplicasControl deployment={deployment} />
      </Panel>
    </>
  )
}

function Charts(props: { readonly samples: Parameters<typeof resourceCharts>[0] }) {
  const colours = tokens[useScheme()]
  const charts = useMemo(() => resourceCharts(props.samples, colours), [props.samples, colours])
  return (
    <div className="sw-deploy-charts">
      {charts.map(({ title, what, now, data, layout }) => (
        <Panel
          key={title}
          label={title}
          title={<span title={what}>{title}</span>}
          actions={<span className="sw-deploy-figure">{now}</span>}
        >
          <PlotlyChart data={data} layout={layout} height={140} label={`${title}, now ${now}. ${what}`} />
        </Panel>
      ))}
    </div>
  )
}

const roles: Record<ServingProcess['role'], string> = {
  server: 'Server',
  primary: 'Primary: counts and hands out',
  worker: 'Replica',
}

const tones = { running: 'done', starting: 'accent', restarting: 'stale' } as const

function Processes(props: { readonly processes: readonly ServingProcess[] }) {
  const keyed = props.processes.map((process, place) => ({ process, key: `${process.role} ${place}` }))
  return (
    <Panel title="Processes">
      <div className="sw-deploy-scroll">
        <table className="sw-table">
          <thead>
            <tr>
              <th>Process</th>
              <th>State</th>
              <th>Since</th>
              <th data-numeric>Pid</th>
              <th data-numeric>Restarts</th>
              <th data-numeric>CPU time</th>
              <th data-numeric>Memory</th>
              <th data-numeric>Event-loop delay</th>
              <th>Ended last</th>
            </tr>
          </thead>
          <tbody>
            {keyed.map(({ key, process: { role, state, since, pid, restarts, usage, lastExit } }) => (
              <tr key={key}>
                <td>{roles[role]}</td>
                <td>
                  <Chip tone={tones[state]}>{state}</Chip>
                </td>
                <td>
                  <Time at={since} />
                </td>
                <td data-numeric>{pid ?? '–'}</td>
                <td data-numeric>{formatCount(restarts)}</td>
                <td data-numeric>{usage ? formatDuration(usage.cpuSeconds * 1000) : '–'}</td>
                <td data-numeric>{formatBytes(usage?.memoryBytes)}</td>
                <td data-numeric>{formatDuration(usage?.eventLoopDelayMs)}</td>
                <td>{lastExit ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}
