import type { ResourceSample } from '../../../shared/contract/deployments.ts'
import type { Tokens } from '../../theme.ts'
import { formatBytes, formatDuration, formatShare, formatTime } from '../../ui/format.ts'

export interface ResourceChart {
  readonly title: string
  readonly what: string
  /** The newest value with its unit. */
  readonly now: string
  readonly data: readonly object[]
  readonly layout: object
}

/** The charts show what there is, of the last five minutes, and never less than one. */
const longestMs = 5 * 60_000
const shortestMs = 60_000

interface Measure {
  readonly title: string
  readonly what: string
  /** In the unit of the axis; null where nothing was measured. */
  value(sample: ResourceSample): number | null
  show(value: number): string
}

const measures: readonly Measure[] = [
  {
    title: 'CPU, % of one core',
    what: 'CPU time of all processes over time passed; 100 % is one whole core.',
    value: (sample) => (sample.cpu === null ? null : sample.cpu * 100),
    show: (value) => formatShare(value / 100),
  },
  {
    title: 'Memory, MB',
    what: 'Resident memory of all processes.',
    value: (sample) => sample.memoryBytes / 1e6,
    show: (value) => formatBytes(value * 1e6),
  },
  {
    title: 'Event-loop delay, ms',
    what: 'The longest time that a process was late for its next task: what a request may have waited.',
    value: (sample) => sample.eventLoopDelayMs,
    show: formatDuration,
  },
]

/** CPU, memory and event-loop delay on one time axis. */
export function resourceCharts(samples: readonly ResourceSample[], colours: Tokens): ResourceChart[] {
  const to = samples.at(-1)?.at ?? 0
  const from = Math.max(to - longestMs, Math.min(samples[0]?.at ?? to, to - shortestMs))
  const isShort = to - from < 4 * 60_000
  // Plotly reads bare milliseconds as UTC; people read their own clock.
  const x = samples.map(({ at }) => formatTime(at))
  return measures.map(({ title, what, value, show }) => {
    const y = samples.map(value)
    const newest = y.at(-1) ?? null
    return {
      title,
      what,
      now: newest === null ? '–' : show(newest),
      data: [
        {
          type: 'scatter',
          // One look alone makes no line.
          mode: samples.length < 3 ? 'lines+markers' : 'lines',
          x,
          y,
          customdata: y.map((one) => (one === null ? '' : show(one))),
          hovertemplate: '%{customdata}<extra></extra>',
          line: { color: colours.accent, width: 1.5 },
          marker: { color: colours.accent, size: 5 },
          connectgaps: false,
          // The newest look stands on the right edge, and is to be seen whole.
          cliponaxis: false,
        },
      ],
      layout: {
        margin: { l: 40, r: 8, t: 6, b: 24 },
        showlegend: false,
        hovermode: 'x unified',
        xaxis: {
          type: 'date',
          range: [formatTime(from), formatTime(to)],
          // Ticks of less than a minute would all read the same without their seconds.
          tickformat: isShort ? '%H:%M:%S' : '%H:%M',
          hoverformat: '%H:%M:%S',
          fixedrange: true,
          nticks: isShort ? 3 : 5,
          // Keeps the first time clear of the zero beside it.
          ticks: 'outside',
          ticklen: 5,
          tickcolor: 'rgba(0,0,0,0)',
        },
        yaxis: { rangemode: 'tozero', fixedrange: true, nticks: 4 },
      },
    }
  })
}
