import type { EvaluationReport } from '../../../../shared/evaluation/evaluation-report.ts'
import type { Histogram } from '../../../../shared/evaluation/histogram.ts'
import type { Tokens } from '../../../theme.ts'
import { curveLayout, guideLine, type PlotlyFigure, shareTicks } from './curve-figures.ts'

/** A version's report under the name that its curves get. */
export interface VersionReport {
  readonly name: string
  readonly report: EvaluationReport
}

/** The share of all rows up to each edge of a histogram. */
export function cumulativeShares({ counts, below, above }: Histogram): number[] {
  const [first = []] = counts
  const all = first.reduce((sum, count) => sum + count, below + above)
  let before = below
  const share = () => (all === 0 ? 0 : before / all)
  const shares = [share()]
  for (const count of first) {
    before += count
    shares.push(share())
  }
  return shares
}

/** Curves of regressions: the error and the bias by tenths of the prediction, and how the residuals are spread. */
export function regressionCurves(
  versions: readonly VersionReport[],
  colour: Tokens,
): (readonly [string, PlotlyFigure])[] {
  const found = versions.flatMap(({ name, report }) =>
    report.task === 'regression' ? [{ name, report }] : [],
  )
  if (found.length === 0) return []
  const lines = (
    of: (report: (typeof found)[number]['report']) => { x: unknown[]; y: number[] },
    hover: string,
  ) =>
    found.map(({ name, report }) => ({
      type: 'scatter',
      mode: 'lines+markers',
      name,
      ...of(report),
      line: { width: 1.75 },
      marker: { size: 6 },
      hovertemplate: hover,
    }))
  const ends = found.flatMap(({ report }) => report.byPrediction.map((group) => group.predicted))
  const diagonal = [Math.min(...ends), Math.max(...ends)]
  return [
    [
      'RMSE by tenth of the prediction',
      {
        data: lines(
          ({ byPrediction }) => ({
            x: byPrediction.map((_, i) => `${i + 1}`),
            y: byPrediction.map((group) => group.rmse),
          }),
          'RMSE %{y:,.4~g}',
        ),
        layout: curveLayout(
          { type: 'category', title: { text: 'tenth of the rows, lowest predictions first' } },
          { rangemode: 'tozero', title: { text: 'RMSE' } },
          true,
        ),
      },
    ],
    [
      'Predicted and actual',
      {
        data: [
          ...lines(
            ({ byPrediction }) => ({
              x: byPrediction.map((group) => group.predicted),
              y: byPrediction.map((group) => group.actual),
            }),
            'predicted %{x:,.4~g}, actual %{y:,.4~g}',
          ),
          guideLine(diagonal, diagonal, colour),
        ],
        layout: curveLayout(
          { title: { text: 'mean prediction of a tenth of the rows' } },
          { title: { text: 'mean actual value' } },
          true,
        ),
      },
    ],
    [
      'Residuals',
      {
        data: lines(
          ({ residuals }) => ({
            x: residuals.histogram.edges,
            y: cumulativeShares(residuals.histogram),
          }),
          '%{y:.1%} of the rows up to %{x:,.4~g}',
        ).map((line) => ({ ...line, mode: 'lines' })),
        layout: curveLayout(
          { zeroline: true, title: { text: 'actual − predicted' } },
          { range: [-0.02, 1.02], ...shareTicks, title: { text: 'share of rows up to it' } },
          true,
        ),
      },
    ],
  ]
}
