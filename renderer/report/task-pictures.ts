import type { MulticlassReport } from '../../shared/evaluation/classification-report.ts'
import type { RegressionReport } from '../../shared/evaluation/regression-report.ts'
import { classPictures } from './class-pictures.ts'
import { card, chart, html, rangeOf, short } from './svg.ts'

const accent = 'var(--accent)'

/** Shows one of several things by a list to choose from. */
export function chooser(names: readonly string[], label: string, draw: (index: number) => Node): HTMLElement {
  const place = html('div', {})
  const select = html(
    'select',
    { 'aria-label': label },
    ...names.map((name, i) => html('option', { value: i }, name)),
  )
  select.addEventListener('change', () => place.replaceChildren(draw(Number(select.value))))
  if (names.length > 0) place.append(draw(0))
  return html('div', {}, html('div', { class: 'row' }, html('label', {}, label, select)), place)
}

/** The confusion matrix of all classes, then each class against the rest. */
export function multiclassPictures(report: MulticlassReport): Node[] {
  const width = report.classes.length
  const rows = report.classes.map((label, a) =>
    html(
      'tr',
      {},
      html('th', {}, String(label)),
      ...report.classes.map((_, p) => html('td', { class: 'n' }, String(report.confusion[a * width + p]))),
    ),
  )
  const head = html(
    'tr',
    {},
    html('th', {}, 'actual \\ predicted'),
    ...report.classes.map((label) => html('th', { class: 'n' }, String(label))),
  )
  const labels = report.oneVersusRest.map((one) => String(one.label))
  return [
    html(
      'div',
      { class: 'card scroll' },
      html('h3', {}, 'Confusion matrix'),
      html('table', {}, head, ...rows),
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
  const rmse = tenths.map((group) => group.rmse)
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
      'RMSE, lowest predictions first',
      chart(
        {
          x: 'tenth of the rows',
          y: 'RMSE',
          xRange: [-0.5, tenths.length - 0.5],
          yRange: rangeOf(rmse, true),
          xNames: names,
          label: 'RMSE by tenth of the prediction',
        },
        [{ kind: 'bars', x: names.map((_, i) => i), y: rmse, colour: accent }],
      ),
    ),
  )
}
