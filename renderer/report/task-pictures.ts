import type { MulticlassReport } from '../../shared/evaluation/classification-report.ts'
import { type RegressionReport, residualProbabilities } from '../../shared/evaluation/regression-report.ts'
import { formatCount, formatCounted, formatShare } from '../ui/format.ts'
import { chooser } from './chooser.ts'
import { classPictures } from './class-pictures.ts'
import { card, chart, html, legend, rangeOf, short } from './svg.ts'

const accent = 'var(--accent)'

/** The confusion matrix of all classes, then each class against the rest. */
export function multiclassPictures(report: MulticlassReport): Node[] {
  const width = report.matrix.length
  const rows = report.matrix.map((label, a) => {
    const counts = report.confusion.slice(a * width, (a + 1) * width)
    const all = counts.reduce((sum, count) => sum + count, 0)
    return html(
      'tr',
      {},
      html('th', { scope: 'row' }, String(label)),
      ...counts.map((count, p) => {
        const share = all === 0 ? 0 : count / all
        const cell = html(
          'td',
          { class: 'n', title: `${short(100 * share)} % of ${label}` },
          formatCount(count),
        )
        // Half strength at most, so that the text reads on it in both themes.
        cell.style.background = `color-mix(in srgb, var(${a === p ? '--accent' : '--s4'}) ${Math.round(share * 50)}%, transparent)`
        return cell
      }),
    )
  })
  const head = html(
    'tr',
    {},
    html('th', {}, 'actual \\ predicted'),
    ...report.matrix.map((label) => html('th', { class: 'n' }, String(label))),
  )
  const x = report.confidence.bins.map((bin) => bin.predicted)
  const y = report.confidence.bins.map((bin) => bin.actual)
  const labels = report.oneVersusRest.map((one) => String(one.label))
  return [
    html(
      'div',
      { class: 'grid' },
      html(
        'div',
        { class: 'card scroll' },
        html('h3', {}, 'Confusion matrix'),
        html('p', {}, 'rows; colour: share of each actual class'),
        html('table', {}, head, ...rows),
      ),
      card(
        'Calibration of the predicted class',
        `calibration error ${short(report.confidence.error)}`,
        chart(
          {
            xRange: [0, 1],
            yRange: [0, 1],
            x: 'mean probability of the predicted class',
            y: 'share that is right',
            label: 'Calibration of the predicted class',
          },
          [
            { kind: 'line', x: [0, 1], y: [0, 1], colour: 'var(--base)', width: 1, dashed: true },
            { kind: 'line', x, y, colour: accent },
            {
              kind: 'points',
              x,
              y,
              colour: accent,
              titles: report.confidence.bins.map(
                (bin) =>
                  `predicted ${short(bin.predicted)}, right ${short(bin.actual)} in ${formatCounted(bin.rows, 'row')}`,
              ),
            },
          ],
        ),
      ),
    ),
    html('h2', {}, 'One class against the rest'),
    chooser(labels, 'Class', (i) =>
      classPictures(report.oneVersusRest[i]!, [`not ${labels[i]}`, labels[i]!]),
    ),
  ]
}

/** Predicted against actual, residuals and the error by tenths of the prediction. */
export function regressionPictures(report: RegressionReport, target: string): Node {
  const { edges, counts } = report.residuals.histogram
  const tenths = report.byPrediction
  const grid = report.predictedActual
  const bins = grid.edges.length - 1
  const ends: [number, number] = [grid.edges[0]!, grid.edges[bins]!]
  const middle = (i: number) => (grid.edges[i]! + grid.edges[i + 1]!) / 2
  const filled = grid.counts.flatMap((n, i) => (n > 0 ? [{ n, a: Math.floor(i / bins), p: i % bins }] : []))
  const most = Math.max(...filled.map(({ n }) => n), 2)
  const names = tenths.map((_, i) => `${i + 1}`)
  const places = names.map((_, i) => i)
  const rmse = tenths.map((group) => group.rmse)
  const mae = tenths.map((group) => group.mae)
  const spread = tenths.flatMap((group) => group.residuals)
  const tenth = {
    x: 'tenth of the rows by prediction, lowest first',
    xRange: [-0.5, tenths.length - 0.5],
    xNames: names,
  } as const
  return html(
    'div',
    { class: 'grid' },
    card(
      'Predicted and actual',
      'darker: more rows',
      chart(
        {
          x: `predicted ${target}`,
          y: `actual ${target}`,
          xRange: ends,
          yRange: ends,
          height: 320,
          label: 'Predicted against actual',
        },
        [
          ...filled.map(({ n, a, p }) => ({
            kind: 'points' as const,
            x: [middle(p)],
            y: [middle(a)],
            colour: accent,
            opacity: 0.15 + 0.85 * (Math.log(n) / Math.log(most)),
            titles: [`predicted ${short(middle(p))}, actual ${short(middle(a))}: ${n} rows`],
          })),
          { kind: 'line', x: ends, y: ends, colour: 'var(--base)', width: 1, dashed: true },
        ],
      ),
    ),
    card(
      'Residuals',
      `mean ${short(report.residuals.mean)}`,
      chart(
        {
          x: `actual − predicted ${target}`,
          y: 'rows',
          xRange: [edges[0]!, edges.at(-1)!],
          yRange: rangeOf(counts[0] ?? [], true),
          height: 320,
          label: 'Residuals',
        },
        [
          {
            kind: 'bars',
            x: edges.slice(1).map((to, i) => (to + edges[i]!) / 2),
            y: counts[0] ?? [],
            colour: accent,
          },
        ],
      ),
    ),
    card(
      'Error by tenth of the prediction',
      `in the unit of ${target}`,
      legend([
        ['MAE', accent],
        ['RMSE', 'var(--s2)'],
      ]),
      chart(
        { ...tenth, y: 'error', yRange: rangeOf([...rmse, ...mae], true), label: 'MAE and RMSE by tenths' },
        [
          { kind: 'line', x: places, y: mae, colour: accent },
          { kind: 'points', x: places, y: mae, colour: accent, titles: groupTitles(report, 'mae') },
          { kind: 'line', x: places, y: rmse, colour: 'var(--s2)' },
          { kind: 'points', x: places, y: rmse, colour: 'var(--s2)', titles: groupTitles(report, 'rmse') },
        ],
      ),
    ),
    card(
      'Spread of the residuals',
      'median, and 10 to 90 % of the rows',
      chart({ ...tenth, y: 'residual', yRange: rangeOf([...spread, 0]), label: 'Residuals by tenths' }, [
        {
          kind: 'line',
          x: [-0.5, tenths.length - 0.5],
          y: [0, 0],
          colour: 'var(--base)',
          width: 1,
          dashed: true,
        },
        ...tenths.map(({ residuals: [low, , high] }, i) => ({
          kind: 'line' as const,
          x: [i, i],
          y: [low, high],
          colour: accent,
        })),
        {
          kind: 'points',
          x: places,
          y: tenths.map(({ residuals }) => residuals[1]),
          colour: accent,
          titles: tenths.map(
            ({ residuals: [low, median, high] }) =>
              `median ${short(median)}, 10 % below ${short(low)}, 10 % above ${short(high)}`,
          ),
        },
      ]),
    ),
    html(
      'div',
      { class: 'card scroll' },
      html('h3', {}, 'Quantiles of the residuals'),
      html(
        'table',
        {},
        html(
          'tr',
          {},
          html('th', {}, 'residual at'),
          ...residualProbabilities.map((probability) => html('th', { class: 'n' }, formatShare(probability))),
        ),
        html(
          'tr',
          {},
          html('th', { scope: 'row' }, target),
          ...report.residuals.quantiles.map((value) => html('td', { class: 'n' }, short(value))),
        ),
      ),
    ),
  )
}

function groupTitles(report: RegressionReport, key: 'mae' | 'rmse'): string[] {
  return report.byPrediction.map(
    (group) =>
      `${key.toUpperCase()} ${short(group[key])}, predicted ${short(group.from)} to ${short(group.to)}`,
  )
}
