import type { SliceReport } from '../../shared/contract/evaluation.ts'
import type { Estimate } from '../../shared/evaluation/bootstrap.ts'
import { metricName } from '../../shared/metrics/metric-name.ts'
import { type MetricKey, metricKeys } from '../../shared/metrics/metrics.ts'
import { formatMetric } from '../ui/format.ts'
import { card, chart, html, rangeOf } from './svg.ts'

const figure = (value: number) => formatMetric(value, 3)

function intervalText({ low, high }: Estimate): string {
  return low === null || high === null ? '' : `(${figure(low)} – ${figure(high)})`
}

/** In a table the interval stands under its metric, so that narrow and wide ones line up. */
function estimateCell(estimate: Estimate | undefined): HTMLElement {
  if (!estimate) return html('td', { class: 'n' }, '–')
  const interval = html('span', { class: 'interval' }, intervalText(estimate))
  return html('td', { class: 'n' }, figure(estimate.value), interval)
}

function picture(report: SliceReport, key: MetricKey): HTMLElement {
  const rows = report.slices.flatMap(({ label, rows, metrics }) => {
    const estimate = metrics[key]
    return estimate ? [{ label, rows, ...estimate }] : []
  })
  const name = `${metricName(key)} by ${report.column}`
  const low = rows.map((row) => row.low ?? row.value)
  const high = rows.map((row) => row.high ?? row.value)
  const overall = report.overall.metrics[key]?.value
  const ends: [number, number] = [-0.6, rows.length - 0.4]
  return card(
    name,
    '95 % bootstrap intervals; dashed: all rows',
    chart(
      {
        x: metricName(key),
        y: '',
        xRange: rangeOf([...low, ...high, ...(overall === undefined ? [] : [overall])]),
        yRange: ends,
        yNames: rows.map((row) => row.label).toReversed(),
        wide: true,
        height: 50 + 24 * rows.length,
        label: name,
      },
      [
        ...(overall === undefined
          ? []
          : [
              {
                kind: 'line' as const,
                x: [overall, overall],
                y: ends,
                colour: 'var(--base)',
                width: 1,
                dashed: true,
              },
            ]),
        {
          kind: 'ranges',
          x: rows.map((row) => row.value),
          y: rows.map((_, i) => rows.length - 1 - i),
          low,
          high,
          colour: 'var(--accent)',
          titles: rows.map((row) => `${row.label}: ${figure(row.value)} ${intervalText(row)}`),
        },
      ],
    ),
  )
}

/** The metrics of every slice as a table, and the one chosen there as a picture. */
export function slicePictures(report: SliceReport, first: MetricKey): HTMLElement {
  const keys = metricKeys.filter((key) => report.overall.metrics[key] !== undefined)
  const place = html('div', {}, picture(report, first))
  const heads = keys.map((key) => {
    const button = html('button', { type: 'button', class: 'link', 'aria-pressed': `${key === first}` })
    button.textContent = metricName(key)
    button.addEventListener('click', () => {
      for (const other of heads) other.setAttribute('aria-pressed', `${other === button}`)
      place.replaceChildren(picture(report, key))
    })
    return button
  })
  const line = ({ label, rows, metrics }: SliceReport['overall']) =>
    html(
      'tr',
      {},
      html('th', { scope: 'row' }, label),
      html('td', { class: 'n' }, rows.toLocaleString('en-US')),
      ...keys.map((key) => estimateCell(metrics[key])),
    )
  return html(
    'div',
    {},
    html(
      'div',
      { class: 'card scroll' },
      html(
        'table',
        {},
        html(
          'tr',
          {},
          html('th', {}, report.column),
          html('th', { class: 'n' }, 'rows'),
          ...heads.map((button) => html('th', { class: 'n' }, button)),
        ),
        ...[...report.slices, report.overall].map(line),
      ),
    ),
    html('div', { class: 'row' }),
    place,
  )
}
