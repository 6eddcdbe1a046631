import { useMemo } from 'react'
import type { Point } from '../../../shared/contract/monitoring.ts'
import { tokens } from '../../theme.ts'
import { Panel } from '../../ui/Panel.tsx'
import { PlotlyChart } from '../../ui/PlotlyChart.tsx'
import { useScheme } from '../../ui/use-scheme.ts'
import type { Chart } from './chart-parts.ts'
import { definitions } from './definitions.ts'
import {
  bandwidthChart,
  cpuChart,
  latencyChart,
  memoryChart,
  requestsChart,
  statusChart,
} from './monitoring-charts.ts'
import type { Period } from './periods.ts'
import { timeRange } from './time-series.ts'

const processCharts = [cpuChart, memoryChart]
const charts = [requestsChart, statusChart, latencyChart, bandwidthChart, ...processCharts]

/** Six small charts on one time axis; of a deployment that nobody asked anything, the two of its processes. */
export function TrafficCharts(props: {
  readonly points: readonly Point[]
  readonly period: Period
  readonly idle?: boolean
}) {
  const { points, period, idle = false } = props
  const colours = tokens[useScheme()]
  const drawn = useMemo(() => {
    const range = timeRange(points, period.minutes)
    return (idle ? processCharts : charts).map((chart) => chart(points, range, colours))
  }, [points, period, colours, idle])
  return (
    <div className="sw-monitor-grid">
      {drawn.map((chart) => (
        <SmallChart key={chart.title} chart={chart} />
      ))}
    </div>
  )
}

function SmallChart(props: { readonly chart: Chart }) {
  const { chart } = props
  return (
    <Panel
      label={chart.title}
      title={<span title={definitions[chart.definition]}>{chart.title}</span>}
      actions={<span className="sw-monitor-now">{chart.now}</span>}
    >
      <PlotlyChart
        data={chart.data}
        layout={chart.layout}
        height={132}
        label={`${chart.title}, now ${chart.now}. ${definitions[chart.definition]}`}
      />
    </Panel>
  )
}
