/** What the charts of monitoring have in common: one time axis, lines with gaps, bars a window wide. */
import type { Point } from '../../../shared/contract/monitoring.ts'
import { formatNumber, formatTime } from '../../ui/format.ts'
import type { definitions } from './definitions.ts'
import { type Series, standsAlone } from './time-series.ts'

export interface Chart {
  readonly title: string
  readonly definition: keyof typeof definitions
  /** The newest value with its unit. */
  readonly now: string
  readonly data: readonly object[]
  readonly layout: object
}

export interface TimeRange {
  readonly from: number
  readonly to: number
}

const dayMs = 86_400_000

/** Plotly reads bare milliseconds as UTC; people read their own clock. */
const local = (time: number) => formatTime(time)

export const legend = {
  orientation: 'h',
  x: 0,
  y: 1,
  yanchor: 'bottom',
  font: { size: 11 },
  traceorder: 'normal',
  itemclick: false,
  itemdoubleclick: false,
}

/** The layout all charts share: one time axis, so that what happened together stands together. */
export function layoutOf(range: TimeRange, axis: object): object {
  return {
    margin: { l: 40, r: 8, t: 6, b: 24 },
    xaxis: {
      type: 'date',
      range: [local(range.from), local(range.to)],
      tickformat: range.to - range.from > 2 * dayMs ? '%e %b' : '%H:%M',
      hoverformat: '%e %b %H:%M',
      fixedrange: true,
      nticks: 5,
      // Keeps the first time clear of the zero beside it.
      ticks: 'outside',
      ticklen: 5,
      tickcolor: 'rgba(0,0,0,0)',
      automargin: false,
    },
    // The same left edge everywhere: what happened together stands together, also down a column of charts.
    yaxis: { rangemode: 'tozero', fixedrange: true, nticks: 4, automargin: false, ...axis },
    hovermode: 'x unified',
    legend,
    showlegend: false,
  }
}

export const withLegend = { showlegend: true, margin: { l: 40, r: 8, t: 20, b: 24 } }

export function line(
  series: Series,
  name: string,
  colour: string,
  format: (value: number) => string,
  more: object = {},
) {
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name,
    x: series.x.map(local),
    y: series.y,
    customdata: series.y.map((value) => (value === null ? '' : format(value))),
    hovertemplate: '%{customdata}',
    line: { color: colour, width: 1.5, ...more },
    // A point without neighbours has no line to be seen by.
    marker: {
      color: colour,
      size: 4,
      opacity: series.y.map((_, index) => (standsAlone(series, index) ? 1 : 0)),
    },
    connectgaps: false,
    cliponaxis: false,
  }
}

export function bars(
  points: readonly Point[],
  name: string,
  colour: string,
  value: (point: Point) => number,
) {
  return {
    type: 'bar',
    name,
    x: points.map((point) => local((point.start + point.end) / 2)),
    y: points.map(value),
    width: points.map((point) => Math.max(50_000, 0.85 * (point.end - point.start))),
    customdata: points.map((point) => formatNumber(value(point), 3)),
    hovertemplate: '%{customdata}',
    marker: { color: colour, line: { width: 0 } },
  }
}
