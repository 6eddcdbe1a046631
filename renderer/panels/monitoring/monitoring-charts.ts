import type { Point } from '../../../shared/contract/monitoring.ts'
import type { Tokens } from '../../theme.ts'
import { formatBytes, formatDuration, formatNumber, formatShare } from '../../ui/format.ts'
import { bars, type Chart, layoutOf, legend, line, type TimeRange, withLegend } from './chart-parts.ts'
import { latest, lineOf, perMinute, perSecond, statusCodes } from './time-series.ts'

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
