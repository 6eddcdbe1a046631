import { Button } from '@mantine/core'
import { Box, Package } from 'lucide-react'
import { metricName } from '../../../../shared/metrics/metric-name.ts'
import { type MetricKey, mainMetric, metricKeys } from '../../../../shared/metrics/metrics.ts'
import type { Output } from '../../../../shared/notebook/cell-state.ts'
import { openTab } from '../../../shell/open-tab.ts'
import { formatCount, formatDuration, formatMetric } from '../../../ui/format.ts'
import { FoldsTable } from '../../../ui/training/FoldsTable.tsx'
import { LeakageWarnings } from '../../../ui/training/LeakageWarnings.tsx'

const lowerIsBetter: ReadonlySet<MetricKey> = new Set(['logLoss', 'rmse', 'mae'])

/** What a training run made: its metrics beside those of always guessing the same, and where to go next. */
export function ModelOutput({ output }: { readonly output: Extract<Output, { type: 'model' }> }) {
  const open = (state?: Record<string, unknown>) =>
    openTab({
      kind: 'model',
      id: `${output.name}:${output.version}`,
      title: `${output.name} v${output.version}`,
      ...(state ? { state } : {}),
    })
  const main = mainMetric[output.task].key
  const keys = metricKeys.filter((key) => output.metrics[key] !== undefined)
  const ordered = [...keys.filter((key) => key === main), ...keys.filter((key) => key !== main)]
  return (
    <section className="sw-model-card" aria-label={`${output.name} version ${output.version}`}>
      <header>
        <strong>
          {output.name} <span className="sw-badge">version {output.version}</span>
        </strong>
        <span className="sw-toolbar-gap" />
        <Button variant="default" leftSection={<Box size={13} />} onClick={() => open()}>
          Open in Models
        </Button>
        <Button leftSection={<Package size={13} />} onClick={() => open({ action: 'package' })}>
          Package
        </Button>
      </header>
      <div className="sw-model-metrics">
        {ordered.map((key) => {
          const value = output.metrics[key]
          const naive = output.naive[key]
          const better =
            value === undefined || naive === undefined
              ? undefined
              : lowerIsBetter.has(key)
                ? value < naive
                : value > naive
          return (
            <div key={key} className="sw-figure" data-main={key === main || undefined}>
              <span className="sw-figure-label">{metricName(key)}</span>
              <span className="sw-figure-value">{formatMetric(value)}</span>
              {naive !== undefined && (
                <span className="sw-figure-note" data-worse={better === false || undefined}>
                  {formatMetric(naive)} naive
                </span>
              )}
            </div>
          )
        })}
      </div>
      <p className="sw-muted">
        Trained on {formatCount(output.rows.train)} rows
        {output.rows.validation > 0 ? `, ${formatCount(output.rows.validation)} for early stopping` : ''},
        measured on {formatCount(output.rows.test)} held out, in {formatDuration(output.durationMs)}. Naive
        always answers {output.task === 'regression' ? 'the mean' : 'the most frequent class'}.
        {output.heldBack &&
          ` Not a feature, because it would leak: ${output.heldBack.join(', ')}. Name it in features.include to use it.`}
      </p>
      {output.frozen && output.frozen.length > 0 && (
        <p className="sw-muted">
          Served at their value over the training rows:{' '}
          {output.frozen.map(({ expression, value }, i) => (
            <span key={expression}>
              {i > 0 && ', '}
              <code>{expression}</code> = {value}
            </span>
          ))}
          .
        </p>
      )}
      {output.crossValidation && <FoldsTable result={output.crossValidation} />}
      <LeakageWarnings warnings={output.warnings ?? []} />
    </section>
  )
}
