import type { Drift, Point } from '../../../shared/contract/monitoring.ts'
import type { Tokens } from '../../theme.ts'
import { formatNumber, formatShare } from '../../ui/format.ts'
import { type Chart, layoutOf, line, type TimeRange } from './chart-parts.ts'
import { lineOf } from './time-series.ts'

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
