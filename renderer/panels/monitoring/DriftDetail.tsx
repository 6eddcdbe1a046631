import { useMemo } from 'react'
import type { Drift, Point } from '../../../shared/contract/monitoring.ts'
import { tokens } from '../../theme.ts'
import { formatCount, formatNumber, formatShare } from '../../ui/format.ts'
import { PlotlyChart } from '../../ui/PlotlyChart.tsx'
import { useScheme } from '../../ui/use-scheme.ts'
import { definitions } from './definitions.ts'
import { distributionChart, psiChart } from './drift-charts.ts'
import type { Period } from './periods.ts'
import { verdictNames } from './rank-drift.ts'
import { timeRange } from './time-series.ts'

/** One column: training against live, the figures behind the verdict, and how PSI moved. */
export function DriftDetail(props: {
  readonly drift: Drift
  readonly index: number
  readonly points: readonly Point[]
  readonly period: Period
}) {
  const { drift, index, points, period } = props
  const colours = tokens[useScheme()]
  const distribution = useMemo(() => distributionChart(drift, colours), [drift, colours])
  const overTime = useMemo(
    () => psiChart(points, index, timeRange(points, period.minutes), colours),
    [points, index, period, colours],
  )
  const facts = [
    { label: 'PSI', value: formatNumber(drift.psi, 3), title: definitions.psi },
    {
      label: 'p-value',
      value: drift.pValue < 0.0001 ? '< 0.0001' : formatNumber(drift.pValue, 2),
      title: definitions.pValue,
    },
    { label: 'JS distance', value: formatNumber(drift.jensenShannon, 3), title: definitions.jensenShannon },
    {
      label: 'Missing',
      value: formatShare(drift.missingRate),
      note: `${formatShare(drift.baselineMissingRate)} in training`,
      title: definitions.missingRate,
    },
    {
      label: drift.kind === 'numeric' ? 'Out of range' : 'Never seen',
      value: formatShare(drift.outsideRate),
      title: definitions.outsideRate,
    },
    { label: 'Rows', value: formatCount(drift.n), title: 'Live rows counted in the period.' },
  ]
  return (
    <section className="sw-monitor-detail" aria-label={`Drift of ${drift.column}`}>
      <header>
        <h3>{drift.column}</h3>
        <span className="sw-muted">
          {verdictNames[drift.verdict]}
          {drift.note !== '' && ` · ${drift.note}`}
        </span>
      </header>
      <dl className="sw-monitor-facts">
        {facts.map((fact) => (
          <div key={fact.label} title={fact.title}>
            <dt>{fact.label}</dt>
            <dd>
              {fact.value}
              {fact.note !== undefined && <span className="sw-muted"> {fact.note}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <PlotlyChart
        data={distribution.data}
        layout={distribution.layout}
        height={190}
        label={`${drift.column}: share of rows by value, training baseline in grey and live in the accent`}
      />
      <p className="sw-monitor-caption" title={definitions.psi}>
        PSI over time, with the warning at 0.1 and the alarm at 0.25
      </p>
      <PlotlyChart
        data={overTime.data}
        layout={overTime.layout}
        height={110}
        label={`PSI of ${drift.column} over the last ${period.label}, now ${formatNumber(drift.psi, 3)}`}
      />
    </section>
  )
}
