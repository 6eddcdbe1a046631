import { NumberInput, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Explanation } from '../../../../shared/contract/evaluation.ts'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import { beeswarmOffsets } from '../../../../shared/evaluation/beeswarm.ts'
import type { ShapSummary } from '../../../../shared/evaluation/shap-summary.ts'
import { api } from '../../../client.ts'
import { chartColours, tokens } from '../../../theme.ts'
import { formatCounted, formatNumber } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { predictionText } from '../../../ui/prediction-text.ts'
import { QueryView } from '../../../ui/QueryView.tsx'
import { useScheme } from '../../../ui/use-scheme.ts'
import { curveLayout } from './curve-figures.ts'
import { Picture } from './Picture.tsx'
import { shortened } from './shortened.ts'

const mostColumns = 15

/** What each column adds to the predictions of trees: of many rows, and of one. */
export function ShapPanel(props: {
  readonly version: VersionRef
  readonly rows: number
  /** Of several classes, each of which has contributions of its own; else empty. */
  readonly classes: readonly string[]
}) {
  const { version, rows, classes } = props
  const [output, setOutput] = useState(0)
  const [row, setRow] = useState(0)
  const summary = useQuery(api.evaluation.shap.queryOptions({ input: { ...version, output } }))
  const one = useQuery({
    ...api.evaluation.explain.queryOptions({ input: { ...version, row } }),
    placeholderData: keepPreviousData,
  })
  return (
    <Panel
      title="SHAP values"
      actions={
        <>
          {classes.length > 0 && (
            <Select
              aria-label="Class explained"
              searchable
              data={classes.map((label, place) => ({ value: `${place}`, label }))}
              value={`${output}`}
              allowDeselect={false}
              onChange={(value) => value !== null && setOutput(Number(value))}
            />
          )}
          <NumberInput
            aria-label="Row to explain"
            leftSection={<span className="sw-evaluation-unit">row</span>}
            min={0}
            max={rows - 1}
            allowDecimal={false}
            value={row}
            onChange={(value) => typeof value === 'number' && value >= 0 && value < rows && setRow(value)}
          />
        </>
      }
    >
      <div className="sw-evaluation-grid">
        <QueryView query={summary} loading="Computing SHAP values">
          {(found) => <Beeswarm summary={found} />}
        </QueryView>
        <QueryView query={one} loading={`Explaining row ${row}`}>
          {(found) => <OneRow explanation={found} />}
        </QueryView>
      </div>
    </Panel>
  )
}

function Beeswarm(props: { readonly summary: ShapSummary }) {
  const { summary } = props
  const scheme = useScheme()
  const colour = tokens[scheme]
  const columns = summary.columns.slice(0, mostColumns)
  const figure = useMemo(() => {
    const shown = summary.columns.slice(0, mostColumns)
    const span = Math.max(...shown.flatMap((column) => column.values.map(Math.abs)), 1e-12) * 2
    const [low = '', , , high = ''] = chartColours(scheme)
    return {
      data: shown.map((column, i) => ({
        type: 'scatter',
        mode: 'markers',
        x: column.values,
        y: beeswarmOffsets(column.values, span).map((offset) => i + offset),
        marker: {
          size: 4,
          opacity: 0.8,
          color: column.levels.map((level) => level ?? 0.5),
          cmin: 0,
          cmax: 1,
          colorscale: column.levels.every((level) => level === null)
            ? [
                [0, colour.baseline],
                [1, colour.baseline],
              ]
            : [
                [0, low],
                [1, high],
              ],
        },
        hovertemplate: `${column.column}: %{x:.4~g}<extra></extra>`,
        showlegend: false,
      })),
      layout: curveLayout(
        { zeroline: true, title: { text: `adds to the margin of ${shortened(summary.output)}` } },
        {
          autorange: 'reversed',
          tickvals: shown.map((_, i) => i),
          ticktext: shown.map((column) => shortened(column.column)),
          showgrid: false,
        },
        false,
      ),
    }
  }, [summary, scheme, colour])
  return (
    <Picture
      title={formatCounted(summary.rows, 'row')}
      figure={figure}
      height={80 + 32 * columns.length}
      note={
        <>
          value of the column: <i className="sw-evaluation-low" /> low <i className="sw-evaluation-high" />{' '}
          high
        </>
      }
      label={`SHAP values of ${summary.rows} rows, the largest of ${columns[0]?.column ?? 'no column'}`}
    />
  )
}

function OneRow(props: { readonly explanation: Explanation }) {
  const { explanation } = props
  const colour = tokens[useScheme()]
  const shown = explanation.contributions.slice(0, mostColumns)
  const figure = useMemo(() => {
    const rows = explanation.contributions.slice(0, mostColumns)
    const names = rows.map(({ column }) => `${column} = ${explanation.values[column] ?? 'missing'}`)
    return {
      data: [
        {
          type: 'bar',
          orientation: 'h',
          x: rows.map(({ value }) => value),
          y: names,
          marker: { color: rows.map(({ value }) => (value >= 0 ? colour.accent : colour.baseline)) },
          hovertemplate: '%{y}: %{x:.4~g}<extra></extra>',
        },
      ],
      layout: curveLayout(
        { zeroline: true, title: { text: 'adds to the margin' } },
        {
          type: 'category',
          autorange: 'reversed',
          tickvals: names,
          ticktext: names.map((name) => shortened(name, 28)),
        },
        false,
      ),
    }
  }, [explanation, colour])
  return (
    <Picture
      title={`Row ${explanation.row}: ${predictionText(explanation)}`}
      figure={figure}
      height={80 + 32 * shown.length}
      note={`base ${formatNumber(explanation.base, 3)}, margin${explanation.output === null ? '' : ` of ${explanation.output}`} ${formatNumber(explanation.margin, 3)}`}
      label={`Contributions to the prediction ${explanation.prediction} of row ${explanation.row}`}
    />
  )
}
