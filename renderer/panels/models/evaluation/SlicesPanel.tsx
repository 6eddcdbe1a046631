import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { SliceReport, VersionEvaluation } from '../../../../shared/contract/evaluation.ts'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import type { Estimate } from '../../../../shared/evaluation/bootstrap.ts'
import { metricName } from '../../../../shared/metrics/metric-name.ts'
import { type MetricKey, mainMetric, metricKeys } from '../../../../shared/metrics/metrics.ts'
import { api } from '../../../client.ts'
import { tokens } from '../../../theme.ts'
import { formatCount, formatMetric } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { QueryView } from '../../../ui/QueryView.tsx'
import { useScheme } from '../../../ui/use-scheme.ts'
import { curveLayout } from './curve-figures.ts'
import { Picture } from './Picture.tsx'
import { shortened } from './shortened.ts'
import { useColumnChoice } from './use-column-choice.ts'

/** A metric with its interval: `0.842 (0.810 – 0.870)`. */
export function estimateText(estimate: Estimate | null | undefined): string {
  if (!estimate) return '–'
  if (estimate.low === null || estimate.high === null) return formatMetric(estimate.value, 3)
  return `${formatMetric(estimate.value, 3)} (${formatMetric(estimate.low, 3)}\u00a0–\u2060\u00a0${formatMetric(estimate.high, 3)})`
}

/** The same in a table: the interval stands under the metric, so that narrow and wide ones line up. */
function EstimateCell({ estimate }: { readonly estimate: Estimate | null | undefined }) {
  if (!estimate) return '–'
  const { value, low, high } = estimate
  return (
    <>
      {formatMetric(value, 3)}{' '}
      {low !== null && high !== null && (
        <span className="sw-evaluation-interval">
          ({formatMetric(low, 3)} – {formatMetric(high, 3)})
        </span>
      )}
    </>
  )
}

/** Metrics within each value or range of a column. */
export function SlicesPanel(props: { readonly version: VersionRef; readonly evaluation: VersionEvaluation }) {
  const { version, evaluation } = props
  const { columns } = evaluation.heldOut
  const named = useMemo(() => columns.map(({ name }) => name), [columns])
  const { columns: ordered, column, choose } = useColumnChoice(version, named)
  const query = useQuery(
    api.evaluation.slices.queryOptions({
      input: { ...version, column: column ?? '' },
      enabled: column !== null,
    }),
  )
  const features = new Set(columns.filter(({ role }) => role === 'feature').map(({ name }) => name))
  const groups = [
    { group: 'Features', items: ordered.filter((name) => features.has(name)) },
    { group: 'Other columns', items: ordered.filter((name) => !features.has(name)) },
  ].filter(({ items }) => items.length > 0)
  return (
    <Panel
      title="Slices"
      actions={
        <Select
          aria-label="Slice by column"
          searchable
          data={groups}
          value={column}
          allowDeselect={false}
          onChange={(value) => value !== null && choose(value)}
        />
      }
    >
      <QueryView
        query={query}
        loading={column === null ? 'Looking for the most important column' : `Measuring slices by ${column}`}
      >
        {(report) => <Slices report={report} task={evaluation.report.task} />}
      </QueryView>
    </Panel>
  )
}

function Slices(props: { readonly report: SliceReport; readonly task: VersionEvaluation['report']['task'] }) {
  const { report, task } = props
  const keys = metricKeys.filter((key) => report.overall.metrics[key] !== undefined)
  const [metric, setMetric] = useState<MetricKey>(mainMetric[task].key)
  const colour = tokens[useScheme()]
  const figure = useMemo(() => {
    const rows = report.slices.flatMap(({ label, metrics }) => {
      const estimate = metrics[metric]
      return estimate ? [{ label, estimate }] : []
    })
    const overall = report.overall.metrics[metric]?.value
    return {
      data: [
        {
          type: 'scatter',
          mode: 'markers',
          x: rows.map(({ estimate }) => estimate.value),
          y: rows.map(({ label }) => label),
          error_x: {
            type: 'data',
            symmetric: false,
            array: rows.map(({ estimate }) => (estimate.high ?? estimate.value) - estimate.value),
            arrayminus: rows.map(({ estimate }) => estimate.value - (estimate.low ?? estimate.value)),
            color: colour.accent,
            thickness: 1.5,
            width: 4,
          },
          marker: { size: 7 },
          hovertemplate: '%{y}: %{x:.4~g}',
        },
      ],
      layout: curveLayout(
        { title: { text: `${metricName(metric)}, 95 % interval` } },
        {
          type: 'category',
          autorange: 'reversed',
          // Plotly gives long names all the room and the picture none.
          tickvals: rows.map(({ label }) => label),
          ticktext: rows.map(({ label }) => shortened(label)),
        },
        false,
        {
          shapes:
            overall === undefined
              ? []
              : [
                  {
                    type: 'line',
                    x0: overall,
                    x1: overall,
                    yref: 'paper',
                    y0: 0,
                    y1: 1,
                    line: { color: colour.baseline, width: 1, dash: 'dot' },
                  },
                ],
        },
      ),
    }
  }, [report, metric, colour])
  return (
    <div className="sw-evaluation-slices">
      <div className="sw-models-scroll">
        <table className="sw-table sw-models-table">
          <thead>
            <tr>
              <th>{report.column}</th>
              <th data-numeric>Rows</th>
              {keys.map((key) => (
                <th key={key} data-numeric data-main={key === metric || undefined}>
                  <button type="button" className="sw-models-link" onClick={() => setMetric(key)}>
                    {metricName(key)}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...report.slices, report.overall].map((slice) => (
              <tr key={slice.label}>
                <td className="sw-evaluation-label" title={slice.label}>
                  {slice.label}
                </td>
                <td data-numeric>{formatCount(slice.rows)}</td>
                {keys.map((key) => (
                  <td key={key} data-numeric className="sw-evaluation-estimate">
                    <EstimateCell estimate={slice.metrics[key]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Picture
        title={`${metricName(metric)} by ${report.column}`}
        figure={figure}
        height={Math.max(220, 60 + 26 * report.slices.length)}
        note="dotted: all rows"
        label={`${metricName(metric)} of ${report.slices.length} slices by ${report.column}`}
      />
    </div>
  )
}
