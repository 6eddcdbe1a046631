import { useMemo } from 'react'
import type { ModelVersion } from '../../../../shared/catalog/version.ts'
import { chartColours } from '../../../theme.ts'
import { CopyButton } from '../../../ui/CopyButton.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Figure } from '../../../ui/Figure.tsx'
import { formatCount, formatDuration, formatNumber, formatShare } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { PlotlyChart } from '../../../ui/PlotlyChart.tsx'
import { SearchTable } from '../../../ui/training/SearchTable.tsx'
import { useScheme } from '../../../ui/use-scheme.ts'

/** How the loss fell, how the rows were split, and exactly what was asked for. */
export function TrainingTab(props: { readonly record: ModelVersion }) {
  const { record } = props
  const { train, validation, test } = record.split
  const total = train + validation + test
  const best = bestEpoch(record)
  const unit = unitOf(record)
  const spec = JSON.stringify(record.spec, null, 2)
  return (
    <div className="sw-models-tab">
      <Panel title="Split">
        <div className="sw-models-figures">
          <Figure label="Training rows" note={formatShare(train / total)}>
            {formatCount(train)}
          </Figure>
          <Figure label="Validation rows" note={formatShare(validation / total)}>
            {formatCount(validation)}
          </Figure>
          <Figure label="Test rows" note={formatShare(test / total)}>
            {formatCount(test)}
          </Figure>
          <Figure
            label={unit === 'round' ? 'Rounds' : 'Epochs'}
            {...(best === null ? {} : { note: `best at ${best}` })}
          >
            {formatCount(record.history.length)}
          </Figure>
          <Figure label="Duration">{formatDuration(record.durationMs)}</Figure>
        </div>
        <SplitBar train={train} validation={validation} test={test} />
      </Panel>
      <Panel title={`Loss by ${unit}`}>
        {record.history.length === 0 ? (
          <EmptyState>
            {record.spec.model?.kind === 'tfjs'
              ? 'A TypeScript cell registered this model without the history of its training.'
              : `This model was fitted in one step, so there is no loss by ${unit}.`}
          </EmptyState>
        ) : (
          <LossCurve record={record} />
        )}
      </Panel>
      {record.search && (
        <Panel title="Search">
          <SearchTable table={record.search} />
        </Panel>
      )}
      <Panel title="Training spec" actions={<CopyButton text={spec} label="Copy the spec" />}>
        <pre className="sw-models-code">{spec}</pre>
      </Panel>
    </div>
  )
}

/** What one step of the training was: trees grow in rounds. */
function unitOf(record: ModelVersion): 'epoch' | 'round' {
  return record.spec.model?.kind === 'gbdt' ? 'round' : 'epoch'
}

function bestEpoch(record: ModelVersion): number | null {
  let best: { epoch: number; loss: number } | null = null
  for (const { epoch, validationLoss } of record.history) {
    if (validationLoss !== null && (best === null || validationLoss < best.loss))
      best = { epoch, loss: validationLoss }
  }
  return best?.epoch ?? null
}

function SplitBar(props: { readonly train: number; readonly validation: number; readonly test: number }) {
  const parts = [
    { name: 'training', rows: props.train },
    { name: 'validation', rows: props.validation },
    { name: 'test', rows: props.test },
  ]
  const label = parts.map((part) => `${part.name} ${formatCount(part.rows)} rows`).join(', ')
  return (
    <div className="sw-models-split" role="img" aria-label={label} title={label}>
      {parts.map((part) => (
        <span key={part.name} style={{ flexGrow: part.rows }} data-part={part.name} />
      ))}
    </div>
  )
}

function LossCurve(props: { readonly record: ModelVersion }) {
  const { history } = props.record
  const unit = unitOf(props.record)
  // As under a train cell while it runs.
  const [accent = '', second = ''] = chartColours(useScheme())
  const figure = useMemo(() => {
    const line = (name: string, values: readonly (number | null)[], stroke: string, dash: string) => ({
      type: 'scatter',
      mode: history.length > 40 ? 'lines' : 'lines+markers',
      name,
      x: history.map((epoch) => epoch.epoch),
      y: values,
      customdata: values.map((value) => formatNumber(value, 4)),
      hovertemplate: '%{customdata}',
      line: { color: stroke, width: 1.75, dash },
      marker: { size: 4, color: stroke },
    })
    const data = [
      line(
        'training',
        history.map((epoch) => epoch.loss),
        accent,
        'solid',
      ),
      line(
        'validation',
        history.map((epoch) => epoch.validationLoss),
        second,
        'dash',
      ),
    ]
    return {
      data: history.some((epoch) => epoch.validationLoss !== null) ? data : data.slice(0, 1),
      layout: {
        margin: { l: 52, r: 12, t: 24, b: 40 },
        hovermode: 'x unified',
        xaxis: { title: { text: unit }, fixedrange: true, rangemode: 'tozero' },
        yaxis: { title: { text: 'loss' }, fixedrange: true },
      },
    }
  }, [history, unit, accent, second])
  const last = history.at(-1)
  return (
    <PlotlyChart
      data={figure.data}
      layout={figure.layout}
      height={280}
      label={`Loss over ${history.length} ${unit}s, ending at ${formatNumber(last?.loss, 4)}`}
    />
  )
}
