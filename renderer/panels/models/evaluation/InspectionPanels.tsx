import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { ImportanceReport } from '../../../../shared/contract/evaluation.ts'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import type { Dependence } from '../../../../shared/evaluation/partial-dependence.ts'
import { metricName } from '../../../../shared/metrics/metric-name.ts'
import { api } from '../../../client.ts'
import { tokens } from '../../../theme.ts'
import { formatCounted } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { QueryView } from '../../../ui/QueryView.tsx'
import { useScheme } from '../../../ui/use-scheme.ts'
import { curveLayout } from './curve-figures.ts'
import { Picture } from './Picture.tsx'
import { shortened } from './shortened.ts'
import { useColumnChoice } from './use-column-choice.ts'

const mostBars = 20

/** How much worse the model gets without a column, and what its trees say. */
export function ImportancePanel(props: { readonly version: VersionRef }) {
  const query = useQuery(api.evaluation.importance.queryOptions({ input: props.version }))
  return (
    <Panel title="Importance">
      <QueryView query={query} loading="Shuffling columns">
        {(report) => <ImportancePictures report={report} />}
      </QueryView>
    </Panel>
  )
}

function bars(
  rows: readonly { readonly column: string; readonly value: number; readonly sd?: number }[],
  x: string,
  error: string,
) {
  const shown = rows.slice(0, mostBars)
  return {
    data: [
      {
        type: 'bar',
        orientation: 'h',
        y: shown.map((row) => row.column),
        x: shown.map((row) => row.value),
        hovertemplate: '%{y}: %{x:.4~g}',
        ...(shown.some((row) => row.sd !== undefined)
          ? { error_x: { type: 'data', array: shown.map((row) => row.sd ?? 0), color: error, thickness: 1 } }
          : {}),
      },
    ],
    layout: curveLayout(
      { title: { text: x } },
      {
        type: 'category',
        autorange: 'reversed',
        tickvals: shown.map((row) => row.column),
        ticktext: shown.map((row) => shortened(row.column)),
      },
      false,
    ),
  }
}

function ImportancePictures(props: { readonly report: ImportanceReport }) {
  const { report } = props
  const colour = tokens[useScheme()]
  const [kind, setKind] = useState<'gain' | 'cover' | 'splits'>('gain')
  const figures = useMemo(
    () => ({
      permutation: bars(
        report.permutation.map(({ column, mean, sd }) => ({ column, value: mean, sd })),
        `${metricName(report.metric)} lost when shuffled`,
        colour.text,
      ),
      trees: bars(
        (report.trees ?? [])
          .map((row) => ({ column: row.column, value: row[kind] }))
          .sort((a, b) => b.value - a.value),
        kind === 'gain'
          ? 'mean loss reduction of a split'
          : kind === 'cover'
            ? 'mean hessian of a split'
            : 'splits',
        colour.text,
      ),
    }),
    [report, kind, colour],
  )
  const height = 70 + 22 * Math.min(report.permutation.length, mostBars)
  return (
    <div className="sw-evaluation-grid">
      <Picture
        title="Permutation"
        figure={figures.permutation}
        height={height}
        note={`${formatCounted(report.rows, 'row')}, ${report.repeats} shuffles, ± 1 sd`}
        label={`Permutation importance, most of it ${report.permutation[0]?.column ?? 'none'}`}
      />
      {report.trees && (
        <Picture
          title="Of the trees"
          figure={figures.trees}
          height={height}
          note={
            <Select
              aria-label="Importance of the trees"
              data={[
                { value: 'gain', label: 'gain' },
                { value: 'cover', label: 'cover' },
                { value: 'splits', label: 'splits' },
              ]}
              value={kind}
              allowDeselect={false}
              onChange={(value) => value !== null && setKind(value)}
            />
          }
          label={`${kind} of the trees by column`}
        />
      )}
    </div>
  )
}

/** How predictions change with one column. */
export function DependencePanel(props: {
  readonly version: VersionRef
  readonly columns: readonly string[]
}) {
  const { version } = props
  const { columns, column, choose } = useColumnChoice(version, props.columns)
  const query = useQuery(
    api.evaluation.dependence.queryOptions({
      input: { ...version, column: column ?? '' },
      enabled: column !== null,
    }),
  )
  return (
    <Panel
      title="Partial dependence"
      actions={
        <Select
          aria-label="Column"
          searchable
          data={[...columns]}
          value={column}
          allowDeselect={false}
          onChange={(value) => value !== null && choose(value)}
        />
      }
    >
      <QueryView
        query={query}
        loading={column === null ? 'Looking for the most important column' : `Varying ${column}`}
      >
        {(dependence) => <DependencePicture dependence={dependence} />}
      </QueryView>
    </Panel>
  )
}

/** Milliseconds since 1970 UTC as a chart takes times. */
function isoTime(at: number | string): string {
  return new Date(at).toISOString()
}

function DependencePicture(props: { readonly dependence: Dependence }) {
  const { dependence } = props
  const { column, average, individual, outputs, time } = dependence
  const grid = useMemo(() => dependence.grid.map((at) => (time ? isoTime(at) : at)), [dependence, time])
  const tenths = useMemo(() => dependence.tenths.map((at) => (time ? isoTime(at) : at)), [dependence, time])
  const numeric = dependence.grid.every((at) => typeof at === 'number')
  const colour = tokens[useScheme()]
  const figure = useMemo(() => {
    const single = outputs.length === 1
    return {
      data: [
        ...(numeric && single
          ? individual.map((curve) => ({
              type: 'scatter',
              mode: 'lines',
              x: grid,
              y: curve,
              hoverinfo: 'skip',
              showlegend: false,
              line: { width: 0.75, color: colour.lineStrong },
            }))
          : []),
        ...average.map((curve, i) => ({
          type: numeric ? 'scatter' : 'bar',
          mode: 'lines',
          name: outputs[i],
          x: grid,
          y: curve,
          hovertemplate: '%{x}: %{y:.4~g}',
          ...(single ? { line: { width: 2.5, color: colour.accent } } : {}),
        })),
      ],
      layout: curveLayout(
        { ...(time ? { type: 'date' } : numeric ? {} : { type: 'category' }), title: { text: column } },
        { title: { text: single ? `prediction of ${outputs[0]}` : 'mean prediction' } },
        !single,
        {
          shapes: tenths.map((at) => ({
            type: 'line',
            x0: at,
            x1: at,
            yref: 'paper',
            y0: 0,
            y1: 0.03,
            line: { color: colour.textMuted, width: 1 },
          })),
        },
      ),
    }
  }, [column, grid, average, individual, outputs, tenths, time, numeric, colour])
  return (
    <Picture
      title={column}
      figure={figure}
      height={300}
      note={
        !numeric
          ? 'mean prediction'
          : outputs.length === 1
            ? 'thin: single rows · ticks: tenths of the data'
            : 'ticks: tenths of the data'
      }
      label={`Mean prediction by ${column}`}
    />
  )
}
