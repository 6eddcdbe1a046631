import type { Calibration } from '../../../../shared/evaluation/calibration.ts'
import type { ClassReport } from '../../../../shared/evaluation/classification-report.ts'
import { gainCurve, precisionRecallCurve, rocCurve } from '../../../../shared/evaluation/threshold-curves.ts'
import type { Tokens } from '../../../theme.ts'

export interface PlotlyFigure {
  readonly data: readonly object[]
  readonly layout: object
}

/** One line of an overlaid picture: a class, or a version. */
export interface CurveSeries {
  readonly name: string
  readonly report: ClassReport
}

/** Marks at shares from 0 to 1, written as everywhere in the window: a space between the number and its unit. */
export const shareTicks = {
  tickvals: [0, 0.2, 0.4, 0.6, 0.8, 1],
  ticktext: ['0 %', '20 %', '40 %', '60 %', '80 %', '100 %'],
}
const share = { ...shareTicks, range: [-0.02, 1.02], fixedrange: true }

export function curveLayout(x: object, y: object, legend: boolean, more: object = {}): object {
  return {
    margin: { l: 48, r: 12, t: legend ? 36 : 12, b: 40 },
    hovermode: 'closest',
    showlegend: legend,
    xaxis: { fixedrange: true, ...x },
    yaxis: { fixedrange: true, ...y },
    ...more,
  }
}

/** A line that stands for what a model without knowledge would do; after the curves, which take the first colours. */
export function guideLine(x: readonly number[], y: readonly number[], colour: Tokens): object {
  return {
    type: 'scatter',
    mode: 'lines',
    x,
    y,
    hoverinfo: 'skip',
    showlegend: false,
    line: { color: colour.baseline, width: 1, dash: 'dot' },
  }
}

function line(name: string, x: number[], y: number[], thresholds: number[], step = false): object {
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    x,
    y,
    customdata: thresholds,
    hovertemplate: '%{x:.1%}, %{y:.1%} at threshold %{customdata:.3f}',
    line: { width: 1.75, ...(step ? { shape: 'hv' } : {}) },
  }
}

function marked(x: number, y: number, colour: Tokens): object {
  return {
    type: 'scatter',
    mode: 'markers',
    x: [x],
    y: [y],
    hoverinfo: 'skip',
    showlegend: false,
    marker: { size: 9, color: colour.surface, line: { width: 2, color: colour.accent } },
  }
}

/** The point of a curve where rows are positive from `threshold` on. */
function pointAt<T extends { readonly threshold: number }>(points: readonly T[], threshold: number | null) {
  return threshold === null ? undefined : points.findLast((point) => point.threshold >= threshold)
}

export function rocFigure(
  series: readonly CurveSeries[],
  colour: Tokens,
  threshold: number | null,
): PlotlyFigure {
  const curves = series.map(({ name, report }) => ({ name, points: rocCurve(report.thresholds) }))
  const at = pointAt(curves[0]?.points ?? [], threshold)
  return {
    data: [
      ...curves.map(({ name, points }) =>
        line(
          name,
          points.map((point) => point.falsePositiveRate),
          points.map((point) => point.truePositiveRate),
          points.map((point) => Math.min(point.threshold, 1)),
        ),
      ),
      guideLine([0, 1], [0, 1], colour),
      ...(at ? [marked(at.falsePositiveRate, at.truePositiveRate, colour)] : []),
    ],
    layout: curveLayout(
      { ...share, title: { text: 'false positive rate' } },
      { ...share, title: { text: 'true positive rate' } },
      series.length > 1,
    ),
  }
}

export function precisionRecallFigure(
  series: readonly CurveSeries[],
  colour: Tokens,
  threshold: number | null,
): PlotlyFigure {
  const curves = series.map(({ name, report }) => ({ name, points: precisionRecallCurve(report.thresholds) }))
  const at = pointAt(curves[0]?.points ?? [], threshold)
  const counts = series[0]?.report.thresholds
  const rate = counts ? counts.positives / (counts.positives + counts.negatives) : 0
  return {
    data: [
      ...curves.map(({ name, points }) =>
        line(
          name,
          points.map((point) => point.recall),
          points.map((point) => point.precision),
          points.map((point) => point.threshold),
          true,
        ),
      ),
      guideLine([0, 1], [rate, rate], colour),
      ...(at ? [marked(at.recall, at.precision, colour)] : []),
    ],
    layout: curveLayout(
      { ...share, title: { text: 'recall' } },
      { ...share, title: { text: 'precision' } },
      series.length > 1,
    ),
  }
}

export function gainFigure(
  series: readonly CurveSeries[],
  colour: Tokens,
  threshold: number | null,
): PlotlyFigure {
  const curves = series.map(({ name, report }) => ({ name, points: gainCurve(report.thresholds) }))
  const at = pointAt(curves[0]?.points ?? [], threshold)
  return {
    data: [
      ...curves.map(({ name, points }) =>
        line(
          name,
          [0, ...points.map((point) => point.share)],
          [0, ...points.map((point) => point.gain)],
          [1, ...points.map((point) => point.threshold)],
        ),
      ),
      guideLine([0, 1], [0, 1], colour),
      ...(at ? [marked(at.share, at.gain, colour)] : []),
    ],
    layout: curveLayout(
      { ...share, title: { text: 'rows taken, best scores first' } },
      { ...share, title: { text: 'positives found' } },
      series.length > 1,
    ),
  }
}

export function liftFigure(
  series: readonly CurveSeries[],
  colour: Tokens,
  threshold: number | null,
): PlotlyFigure {
  const curves = series.map(({ name, report }) => ({ name, points: gainCurve(report.thresholds) }))
  const at = pointAt(curves[0]?.points ?? [], threshold)
  return {
    data: [
      ...curves.map(({ name, points }) => ({
        ...line(
          name,
          points.map((point) => point.share),
          points.map((point) => point.lift),
          points.map((point) => point.threshold),
        ),
        hovertemplate: 'first %{x:.1%}: %{y:.2f} times at threshold %{customdata:.3f}',
      })),
      guideLine([0, 1], [1, 1], colour),
      ...(at ? [marked(at.share, at.lift, colour)] : []),
    ],
    layout: curveLayout(
      { ...share, title: { text: 'rows taken, best scores first' } },
      { rangemode: 'tozero', title: { text: 'lift (times)' } },
      series.length > 1,
    ),
  }
}

export function calibrationFigure(
  series: readonly { readonly name: string; readonly calibration: Calibration }[],
  colour: Tokens,
  counted: 'positive' | 'right' = 'positive',
): PlotlyFigure {
  return {
    data: [
      ...series.map(({ name, calibration }) => ({
        type: 'scatter',
        mode: 'lines+markers',
        name,
        x: calibration.bins.map((bin) => bin.predicted),
        y: calibration.bins.map((bin) => bin.actual),
        customdata: calibration.bins.map((bin) => bin.rows),
        hovertemplate: 'predicted %{x:.1%}, found %{y:.1%} in %{customdata:,} rows',
        line: { width: 1.75 },
        marker: { size: 6 },
      })),
      guideLine([0, 1], [0, 1], colour),
    ],
    layout: curveLayout(
      { ...share, title: { text: 'mean score' } },
      { ...share, title: { text: `share that is ${counted}` } },
      series.length > 1,
    ),
  }
}

export function scoresFigure(
  report: ClassReport,
  names: readonly [string, string],
  colour: Tokens,
  threshold: number | null,
): PlotlyFigure {
  const { edges, counts } = report.scores
  const middles = edges.slice(1).map((to, i) => (to + edges[i]!) / 2)
  return {
    data: names.map((name, i) => ({
      type: 'bar',
      name,
      x: middles,
      y: counts[i],
      width: edges[1]! - edges[0]!,
      opacity: 0.65,
      marker: { color: i === 0 ? colour.baseline : colour.accent },
      hovertemplate: '%{y:,} rows around %{x:.2f}',
    })),
    layout: curveLayout({ range: [0, 1], title: { text: 'score' } }, { title: { text: 'rows' } }, true, {
      barmode: 'overlay',
      bargap: 0,
      shapes:
        threshold === null
          ? []
          : [
              {
                type: 'line',
                x0: threshold,
                x1: threshold,
                yref: 'paper',
                y0: 0,
                y1: 1,
                line: { color: colour.text, width: 1.25, dash: 'dash' },
              },
            ],
    }),
  }
}
