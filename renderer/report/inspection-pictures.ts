import type { ImportanceReport } from '../../shared/contract/evaluation.ts'
import type { Dependence } from '../../shared/evaluation/partial-dependence.ts'
import { metricName } from '../../shared/metrics/metric-name.ts'
import { chooser } from './chooser.ts'
import { card, chart, html, legend, rangeOf, type Series, short } from './svg.ts'

const accent = 'var(--accent)'
const colours = [accent, 'var(--s2)', 'var(--s3)', 'var(--s4)', 'var(--s5)', 'var(--s6)']
const mostBars = 20

interface Ranked {
  readonly column: string
  readonly value: number
  readonly sd?: number
}

function ranked(title: string, x: string, rows: readonly Ranked[]): SVGElement {
  const shown = rows.slice(0, mostBars)
  const places = shown.map((_, i) => shown.length - 1 - i)
  const ends = shown.flatMap(({ value, sd = 0 }) => [value - sd, value + sd])
  const low = shown.map(({ value, sd = 0 }) => value - sd)
  const high = shown.map(({ value, sd = 0 }) => value + sd)
  const titles = shown.map(
    ({ column, value, sd }) => `${column}: ${short(value)}${sd === undefined ? '' : ` ± ${short(sd)}`}`,
  )
  const values = shown.map((row) => row.value)
  return chart(
    {
      x,
      y: '',
      xRange: rangeOf(ends, true),
      yRange: [-0.6, shown.length - 0.4],
      yNames: shown.map((row) => row.column).toReversed(),
      height: 50 + 22 * shown.length,
      label: title,
    },
    [
      { kind: 'bars', x: values, y: places, colour: accent, titles },
      ...(shown.some((row) => row.sd !== undefined)
        ? [
            {
              kind: 'ranges' as const,
              x: values,
              y: places,
              low,
              high,
              colour: 'var(--text)',
              width: 1.5,
              titles,
            },
          ]
        : []),
    ],
  )
}

const kinds = [
  ['gain', 'Gain', 'mean loss reduction of a split'],
  ['cover', 'Cover', 'mean hessian of a split'],
  ['splits', 'Splits', 'splits'],
] as const

/** Permutation importance, and what the trees themselves say. */
export function importancePictures(report: ImportanceReport): HTMLElement {
  const metric = metricName(report.metric)
  const { trees } = report
  return html(
    'div',
    { class: 'grid' },
    card(
      'Permutation importance',
      `${report.rows.toLocaleString('en-US')} rows, ${report.repeats} shuffles, ± 1 sd`,
      ranked(
        'Permutation importance',
        `${metric} lost when a column is shuffled`,
        report.permutation.map(({ column, mean, sd }) => ({ column, value: mean, sd })),
      ),
    ),
    ...(trees
      ? [
          card(
            'Importance of the trees',
            'as XGBoost counts it',
            chooser(
              kinds.map(([, name]) => name),
              'Kind',
              (i) => {
                const [key, name, x] = kinds[i]!
                const rows = trees.map((row) => ({ column: row.column, value: row[key] }))
                return ranked(
                  `${name} of the trees`,
                  x,
                  rows.sort((a, b) => b.value - a.value),
                )
              },
            ),
          ),
        ]
      : []),
  )
}

function ofNumbers(one: Dependence, y: string): SVGElement {
  const x = one.grid.map(Number)
  const single = one.outputs.length === 1
  const individual: Series[] = single
    ? one.individual.map((curve) => ({
        kind: 'line',
        x,
        y: curve,
        colour: 'var(--strong)',
        width: 0.75,
      }))
    : []
  const shown = [...one.average.flat(), ...(single ? one.individual.flat() : [])]
  const [from, to] = rangeOf(x)
  return chart(
    {
      x: one.column,
      y,
      xTime: one.time,
      xRange: [from, to],
      yRange: rangeOf(shown),
      label: `Dependence on ${one.column}`,
    },
    [
      ...individual,
      ...one.average.map((curve, i): Series => {
        const mark = { x, y: curve, colour: colours[i % colours.length]!, name: one.outputs[i] ?? '' }
        // A column with one value has a point, not a line.
        return x.length > 1 ? { kind: 'line', width: 2.25, ...mark } : { kind: 'points', ...mark }
      }),
      {
        kind: 'rug',
        x: one.tenths.filter((at) => at >= from && at <= to),
        y: [],
        colour: 'var(--muted)',
      },
    ],
  )
}

/** Categories stand one below the other, where their names have room. */
function ofCategories(one: Dependence, x: string): SVGElement {
  const names = one.grid.map(String)
  const places = names.map((_, i) => names.length - 1 - i)
  const outputs = one.average.length
  return chart(
    {
      x,
      y: '',
      xRange: rangeOf(one.average.flat(), outputs === 1),
      yRange: [-0.6, names.length - 0.4],
      yNames: names.toReversed(),
      height: 50 + 22 * names.length,
      label: `Dependence on ${one.column}`,
    },
    one.average.map((values, i) => ({
      kind: outputs === 1 ? 'bars' : 'points',
      x: values,
      y: places,
      colour: colours[i % colours.length]!,
      titles: values.map((value, g) => `${one.outputs[i]}, ${names[g]}: ${short(value)}`),
    })),
  )
}

/** How the mean prediction changes with one column. */
export function dependencePicture(one: Dependence): HTMLElement {
  const numeric = one.grid.every((value) => typeof value === 'number')
  const single = one.outputs.length === 1
  const name = single ? `prediction of ${one.outputs[0]}` : 'mean prediction'
  const note = !numeric
    ? 'mean prediction'
    : single
      ? 'thin: single rows; ticks: tenths of the data'
      : 'ticks: tenths of the data'
  return card(
    one.column,
    note,
    ...(single ? [] : [legend(one.outputs.map((output, i) => [output, colours[i % colours.length]!]))]),
    numeric ? ofNumbers(one, name) : ofCategories(one, name),
  )
}
