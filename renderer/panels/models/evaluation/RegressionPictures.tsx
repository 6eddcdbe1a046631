import { useMemo } from 'react'
import {
  type RegressionReport,
  residualProbabilities,
} from '../../../../shared/evaluation/regression-report.ts'
import { sequential, tokens } from '../../../theme.ts'
import { formatMetric, formatNumber, formatShare } from '../../../ui/format.ts'
import { useScheme } from '../../../ui/use-scheme.ts'
import { curveLayout, guideLine } from './curve-figures.ts'
import { Picture } from './Picture.tsx'

/** Residuals, predicted against actual and the error by tenths of the prediction. */
export function RegressionPictures(props: { readonly report: RegressionReport; readonly target: string }) {
  const { report, target } = props
  const scheme = useScheme()
  const colour = tokens[scheme]
  const figures = useMemo(() => {
    const { edges, counts } = report.residuals.histogram
    const grid = report.predictedActual
    const bins = grid.edges.length - 1
    const middles = grid.edges.slice(1).map((to, i) => (to + grid.edges[i]!) / 2)
    const ends = [grid.edges[0]!, grid.edges[bins]!]
    const groups = report.byPrediction
    const most = Math.log10(Math.max(...grid.counts, 2))
    const tenths = groups.map((_, i) => `${i + 1}`)
    return {
      residuals: {
        data: [
          {
            type: 'bar',
            x: edges.slice(1).map((to, i) => (to + edges[i]!) / 2),
            y: counts[0],
            width: edges[1]! - edges[0]!,
            hovertemplate: '%{y:,} rows around %{x:,.4~g}',
          },
        ],
        layout: curveLayout(
          { title: { text: `actual − predicted ${target}` } },
          { title: { text: 'rows' } },
          false,
          { bargap: 0.05 },
        ),
      },
      predictedActual: {
        data: [
          {
            type: 'heatmap',
            x: middles,
            y: middles,
            // Logarithms, so that the few rows far from the diagonal are seen beside the many on it.
            z: Array.from({ length: bins }, (_, a) =>
              grid.counts.slice(a * bins, (a + 1) * bins).map((n) => (n === 0 ? null : Math.log10(n))),
            ),
            customdata: Array.from({ length: bins }, (_, a) => grid.counts.slice(a * bins, (a + 1) * bins)),
            // A single row is to be seen too: the colours next to the background stay unused.
            zmin: -0.45 * most,
            zmax: most,
            colorscale: sequential[scheme],
            showscale: false,
            hoverongaps: false,
            hovertemplate: 'predicted %{x:,.4~g}, actual %{y:,.4~g}: %{customdata:,} rows',
          },
          guideLine(ends, ends, colour),
        ],
        layout: curveLayout(
          { title: { text: `predicted ${target}` } },
          { title: { text: `actual ${target}` } },
          false,
        ),
      },
      error: {
        data: [
          {
            type: 'bar',
            name: 'MAE',
            x: tenths,
            y: groups.map((group) => group.mae),
            customdata: groups.map((group) => `${formatNumber(group.from)} to ${formatNumber(group.to)}`),
            hovertemplate: 'MAE %{y:,.4~g}, predicted %{customdata}',
          },
          {
            type: 'bar',
            name: 'RMSE',
            x: tenths,
            y: groups.map((group) => group.rmse),
            hovertemplate: 'RMSE %{y:,.4~g}',
          },
        ],
        layout: curveLayout(
          { type: 'category', title: { text: 'tenth of the rows by prediction, lowest first' } },
          { title: { text: 'error' } },
          true,
        ),
      },
      spread: {
        data: [
          {
            type: 'scatter',
            mode: 'markers',
            x: tenths,
            y: groups.map((group) => group.residuals[1]),
            error_y: {
              type: 'data',
              symmetric: false,
              array: groups.map((group) => group.residuals[2] - group.residuals[1]),
              arrayminus: groups.map((group) => group.residuals[1] - group.residuals[0]),
              color: colour.accent,
              thickness: 1.5,
              width: 4,
            },
            marker: { size: 7 },
            hovertemplate: 'median %{y:,.4~g}',
          },
        ],
        layout: curveLayout(
          { type: 'category', title: { text: 'tenth of the rows by prediction, lowest first' } },
          { zeroline: true, title: { text: 'residual, 10 to 90 %' } },
          false,
        ),
      },
    }
  }, [report, target, colour, scheme])
  return (
    <>
      <div className="sw-evaluation-grid" data-pairs>
        <Picture
          title="Predicted and actual"
          figure={figures.predictedActual}
          height={320}
          label={`Predicted against actual ${target}`}
        />
        <Picture
          title="Residuals"
          figure={figures.residuals}
          height={320}
          note={`mean ${formatNumber(report.residuals.mean)}`}
          label={`Residuals, mean ${formatNumber(report.residuals.mean)}`}
        />
        <Picture
          title="Error by tenth of the prediction"
          figure={figures.error}
          label="MAE and RMSE by tenths of the prediction"
        />
        <Picture
          title="Spread of the residuals"
          figure={figures.spread}
          label="Median and 10 to 90 per cent of the residuals by tenths of the prediction"
        />
      </div>
      <table className="sw-table sw-evaluation-quantiles">
        <thead>
          <tr>
            <th>Residual at</th>
            {residualProbabilities.map((probability) => (
              <th key={probability} data-numeric>
                {formatShare(probability)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>{target}</td>
            {residualProbabilities.map((probability, i) => (
              <td key={probability} data-numeric>
                {formatMetric(report.residuals.quantiles[i])}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </>
  )
}
