import type { Explanation } from '../../shared/contract/evaluation.ts'
import { beeswarmOffsets } from '../../shared/evaluation/beeswarm.ts'
import type { ShapSummary } from '../../shared/evaluation/shap-summary.ts'
import { predictionText } from '../ui/prediction-text.ts'
import { chooser } from './chooser.ts'
import { card, chart, html, legend, rangeOf, short } from './svg.ts'

const low = 'var(--accent)'
const high = 'var(--s4)'
const without = 'var(--base)'
const mostColumns = 15

/** Where a value lies among its column's, as a colour. */
function levelColour(level: number | null): string {
  return level === null ? without : `color-mix(in srgb, ${high} ${Math.round(level * 100)}%, ${low})`
}

function beeswarm(summary: ShapSummary): SVGElement {
  const shown = summary.columns.slice(0, mostColumns)
  const all = shown.flatMap((column) => column.values)
  const span = all.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12) * 2
  const last = shown.length - 1
  return chart(
    {
      x: `adds to the margin of ${summary.output}`,
      y: '',
      xRange: rangeOf([...all, 0]),
      yRange: [-0.6, last + 0.6],
      yNames: shown.map(({ column }) => column).toReversed(),
      height: 50 + 30 * shown.length,
      label: `SHAP values of ${summary.output}`,
    },
    [
      { kind: 'line', x: [0, 0], y: [-0.6, last + 0.6], colour: without, width: 1 },
      ...shown.map(({ column, values, levels }, i) => ({
        kind: 'points' as const,
        x: values,
        y: beeswarmOffsets(values, span).map((offset) => last - i + offset),
        colour: without,
        colours: levels.map(levelColour),
        width: 1.8,
        titles: values.map((value) => `${column}: ${short(value)}`),
      })),
    ],
  )
}

function means(summary: ShapSummary): SVGElement {
  const shown = summary.columns.slice(0, mostColumns)
  const values = shown.map(({ meanAbsolute }) => meanAbsolute)
  return chart(
    {
      x: 'mean |SHAP value|',
      y: '',
      xRange: rangeOf(values, true),
      yRange: [-0.6, shown.length - 0.4],
      yNames: shown.map(({ column }) => column).toReversed(),
      height: 50 + 30 * shown.length,
      label: `Mean absolute SHAP values of ${summary.output}`,
    },
    [
      {
        kind: 'bars',
        x: values,
        y: shown.map((_, i) => shown.length - 1 - i),
        colour: low,
        titles: shown.map(({ column, meanAbsolute }) => `${column}: ${short(meanAbsolute)}`),
      },
    ],
  )
}

function row(explanation: Explanation): HTMLElement {
  const shown = explanation.contributions.slice(0, mostColumns)
  const values = shown.map(({ value }) => value)
  const names = shown.map(({ column }) => `${column} = ${explanation.values[column] ?? 'missing'}`)
  const of = explanation.output === null ? '' : ` of ${explanation.output}`
  return html(
    'div',
    {},
    html(
      'p',
      {},
      `Predicted ${predictionText(explanation)}: base ${short(explanation.base)}, margin${of} ${short(explanation.margin)}`,
    ),
    chart(
      {
        x: `adds to the margin${of}`,
        y: '',
        xRange: rangeOf([...values, 0]),
        yRange: [-0.6, shown.length - 0.4],
        yNames: names.toReversed(),
        wide: true,
        height: 50 + 26 * shown.length,
        label: `Contributions to the prediction of row ${explanation.row}`,
      },
      [
        ...[true, false].map((positive) => ({
          kind: 'bars' as const,
          x: values.map((value) => (value >= 0 === positive ? value : 0)),
          y: shown.map((_, i) => shown.length - 1 - i),
          colour: positive ? low : without,
          titles: shown.map(({ value }, i) => `${names[i]}: ${short(value)}`),
        })),
      ],
    ),
  )
}

/** What each column adds to the predictions: of many rows, and of single ones. */
export function shapPictures(summaries: readonly ShapSummary[], explained: readonly Explanation[]): Node[] {
  const [first] = summaries
  if (!first) return []
  const drawn = (summary: ShapSummary) =>
    html(
      'div',
      { class: 'grid' },
      card(
        `SHAP values of ${summary.output}`,
        `${summary.rows.toLocaleString('en-US')} rows, ${summary.columns[0]?.values.length ?? 0} of them drawn; value of the column:`,
        legend([
          ['low', low],
          ['high', high],
          ['missing or without order', without],
        ]),
        beeswarm(summary),
      ),
      card('Mean size of the SHAP values', `largest of ${summary.of} columns first`, means(summary)),
    )
  return [
    summaries.length === 1
      ? drawn(first)
      : chooser(
          summaries.map(({ output }) => output),
          'Class',
          (i) => drawn(summaries[i]!),
        ),
    html('h2', {}, 'Single rows'),
    card(
      'Why a row is predicted as it is',
      'the first of the rows',
      chooser(
        explained.map((one) => `row ${one.row}`),
        'Row',
        (i) => row(explained[i]!),
      ),
    ),
  ]
}
