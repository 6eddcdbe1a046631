import type { Drift, Point } from '../../../shared/contract/monitoring.ts'
import type { Tokens } from '../../theme.ts'
import { formatBytes, formatDuration, formatNumber, formatShare, formatTime } from '../../ui/format.ts'
import type { definitions } from './definitions.ts'
import { latest, lineOf, perMinute, perSecond, type Series, standsAlone, statusCodes } from './time-series.ts'

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

const legend = {
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
function layoutOf(range: TimeRange, axis: object): object {
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

const withLegend = { showlegend: true, margin: { l: 40, r: 8, t: 20, b: 24 } }

function line(
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
  }
}

function bars(points: readonly Point[], name: string, colour: string, value: (point: Point) => number) {
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

export function requestsChart(points: readonly Point[], range: TimeRange, tokens: Tokens): Chart {
  const rate = (point: Point) => perMinute(point.requests, point)
  const newest = points.at(-1)
  return {
    title: 'Requests / min',
    definition: 'requests',
    now: newest === undefined ? '–' : formatNumber(rate(newest), 3),
    data: [bars(points, 'Requests / min', tokens.accent, rate)],
    layout: layoutOf(range, {}),
  }
}

/** Success in the accent, refusals in the warning colour, faults in the failure colour; codes of a family by depth. */
export function statusColour(code: string, codes: readonly string[], tokens: Tokens): string {
  const family = codes.filter((other) => other[0] === code[0])
  const base =
    code[0] === '2'
      ? tokens.accent
      : code[0] === '5'
        ? tokens.failed
        : code[0] === '4'
          ? tokens.stale
          : tokens.baseline
  const opacity = ['', 'b0', '70', '48'][Math.min(3, family.indexOf(code))]
  return `${base}${opacity}`
}

export function statusChart(points: readonly Point[], range: TimeRange, tokens: Tokens): Chart {
  const codes = statusCodes(points)
  const total = (pick: (code: string) => boolean) =>
    points.reduce(
      (sum, point) =>
        sum + Object.entries(point.statuses).reduce((s, [code, n]) => s + (pick(code) ? n : 0), 0),
      0,
    )
  const all = total(() => true)
  const errors = total((code) => code >= '400')
  return {
    title: 'Responses by status',
    definition: 'statuses',
    now: all === 0 ? '–' : `${formatShare(errors / all)} errors`,
    data: codes.map((code) =>
      bars(points, code, statusColour(code, codes, tokens), (point) =>
        perMinute(point.statuses[code] ?? 0, point),
      ),
    ),
    layout: {
      ...layoutOf(range, {}),
      barmode: 'stack',
      ...withLegend,
      // Room for three digits each, so that four codes fit a small chart.
      legend: { ...legend, entrywidth: 17, entrywidthmode: 'pixels' },
    },
  }
}

export function latencyChart(points: readonly Point[], range: TimeRange, tokens: Tokens): Chart {
  const ms = (seconds: number | null) => (seconds === null ? null : seconds * 1000)
  const p50 = lineOf(points, (point) => ms(point.p50))
  const p95 = lineOf(points, (point) => ms(point.p95))
  const p99 = lineOf(points, (point) => ms(point.p99))
  const newest = latest(p99)
  return {
    title: 'Latency, ms',
    definition: 'latency',
    now: newest === null ? '–' : `p99 ${formatDuration(newest)}`,
    data: [
      line(p50, 'p50', tokens.accent, formatDuration, { dash: '1.5px,2.5px' }),
      line(p95, 'p95', tokens.accent, formatDuration, { dash: '5px,2.5px' }),
      line(p99, 'p99', tokens.accent, formatDuration),
    ],
    layout: { ...layoutOf(range, {}), ...withLegend },
  }
}

export function bandwidthChart(points: readonly Point[], range: TimeRange, tokens: Tokens): Chart {
  const received = lineOf(points, (point) => perSecond(point.bytesIn, point))
  const sent = lineOf(points, (point) => perSecond(point.bytesOut, point))
  const rate = (value: number) => `${formatBytes(value)}/s`
  return {
    title: 'Bandwidth, bytes / s',
    definition: 'bandwidth',
    now: points.length === 0 ? '–' : `in ${rate(latest(received) ?? 0)} · out ${rate(latest(sent) ?? 0)}`,
    data: [
      line(received, 'in', tokens.accent, rate),
      line(sent, 'out', tokens.accent, rate, { dash: '5px,2.5px' }),
    ],
    layout: { ...layoutOf(range, {}), ...withLegend },
  }
}

export function cpuChart(points: readonly Point[], range: TimeRange, tokens: Tokens): Chart {
  const series = lineOf(points, (point) => point.cpu * 100)
  const percent = (value: number) => formatShare(value / 100)
  const newest = latest(series)
  return {
    title: 'CPU, % of one core',
    definition: 'cpu',
    now: newest === null ? '–' : percent(newest),
    data: [line(series, 'CPU', tokens.accent, percent)],
    layout: layoutOf(range, {}),
  }
}

export function memoryChart(points: readonly Point[], range: TimeRange, tokens: Tokens): Chart {
  const series = lineOf(points, (point) => point.memoryBytes / 1e6)
  const newest = latest(series)
  const megabytes = (value: number) => formatBytes(value * 1e6)
  return {
    title: 'Memory, MB',
    definition: 'memory',
    now: newest === null ? '–' : megabytes(newest),
    data: [line(series, 'Memory', tokens.accent, megabytes)],
    layout: layoutOf(range, {}),
  }
}

/** Baseline grey beside live accent, slot by slot. */
export function distributionChart(drift: Drift, tokens: Tokens): Pick<Chart, 'data' | 'layout'> {
  const slots = shownSlots(drift)
  const places = slots.map((_, index) => index)
  const trace = (name: string, colour: string, share: (slot: Slot) => number) => ({
    type: 'bar',
    name,
    x: places,
    y: slots.map((slot) => share(slot) * 100),
    customdata: slots.map((slot) => [slot.label, formatShare(slot.baseline), formatShare(slot.live)]),
    hovertemplate: '%{customdata[0]}<br>baseline %{customdata[1]}<br>live %{customdata[2]}<extra></extra>',
    marker: { color: colour, line: { width: 0 } },
  })
  const every = Math.ceil(slots.length / 5)
  const marked = places.filter((place) => place % every === 0)
  return {
    data: [
      trace('Baseline', tokens.baseline, (slot) => slot.baseline),
      trace('Live', tokens.accent, (slot) => slot.live),
    ],
    layout: {
      barmode: 'group',
      bargap: 0.2,
      hovermode: 'closest',
      showlegend: true,
      margin: { l: 44, r: 8, t: 24, b: 30 },
      legend: { orientation: 'h', x: 0, y: 1, yanchor: 'bottom', font: { size: 11 } },
      xaxis: {
        tickmode: 'array',
        tickvals: marked,
        ticktext: marked.map((place) => tickText(drift, slots[place]!)),
        fixedrange: true,
        automargin: true,
        ticks: 'outside',
        ticklen: 4,
        tickcolor: 'rgba(0,0,0,0)',
        tickfont: { size: 10 },
      },
      yaxis: { ticksuffix: ' %', rangemode: 'tozero', fixedrange: true, nticks: 5 },
    },
  }
}

type Slot = Drift['slots'][number]

/**
 * Bins and categories always; the special slots (below, above, ±∞, other, unseen, missing) only if anything is in them.
 * Their places are fixed by `ColumnLayout`: numbers have one before the bins and three after, categories three after.
 */
export function shownSlots(drift: Drift): Slot[] {
  const first = drift.kind === 'numeric' ? 1 : 0
  const last = drift.slots.length - 3
  return drift.slots.filter(
    (slot, index) => (index >= first && index < last) || slot.baseline > 0 || slot.live > 0,
  )
}

/** A bin is named by where it begins, as an axis is read; a category by its name. */
function tickText(drift: Drift, slot: Slot): string {
  const label = drift.kind === 'numeric' ? slot.label.split(' – ')[0]! : slot.label
  return label.length > 18 ? `${label.slice(0, 17)}…` : label
}

/** PSI of one column over time, with the sizes from which a warning and an alarm are worth raising. */
export function psiChart(
  points: readonly Point[],
  index: number,
  range: TimeRange,
  tokens: Tokens,
): Pick<Chart, 'data' | 'layout'> {
  const series = lineOf(points, (point) => point.psi[index] ?? null)
  const threshold = (y: number, colour: string) => ({
    type: 'line',
    xref: 'paper',
    x0: 0,
    x1: 1,
    y0: y,
    y1: y,
    line: { color: colour, width: 1, dash: 'dot' },
  })
  const largest = Math.max(0.3, ...series.y.filter((value) => value !== null)) * 1.1
  return {
    data: [line(series, 'PSI', tokens.accent, (value) => formatNumber(value, 3))],
    layout: {
      ...layoutOf(range, { range: [0, largest] }),
      shapes: [threshold(0.1, tokens.stale), threshold(0.25, tokens.failed)],
    },
  }
}
