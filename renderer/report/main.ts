/** Draws an exported evaluation from the data in its own file. It runs from `file://` and asks for nothing. */
import type { SliceReport } from '../../shared/contract/evaluation.ts'
import type { ReportDocument } from '../../shared/evaluation/report-document.ts'
import { mainMetric } from '../../shared/metrics/metrics.ts'
import { classPictures } from './class-pictures.ts'
import { card, chart, html, rangeOf, short } from './svg.ts'
import { chooser, multiclassPictures, regressionPictures } from './task-pictures.ts'

const accent = 'var(--accent)'
const series = [accent, 'var(--s2)', 'var(--s3)', 'var(--s4)', 'var(--s5)', 'var(--s6)']

function slicesOf(report: SliceReport, task: ReportDocument['evaluation']['report']['task']): Node {
  const { key } = mainMetric[task]
  const rows = report.slices.flatMap(({ label, rows, metrics }) => {
    const estimate = metrics[key]
    return estimate ? [{ label, rows, ...estimate }] : []
  })
  const places = rows.map((_, i) => rows.length - 1 - i)
  const low = rows.map((row) => row.low ?? row.value)
  const high = rows.map((row) => row.high ?? row.value)
  const overall = report.overall.metrics[key]?.value
  const names = rows.map((row) => `${row.label} (${row.rows})`)
  return card(
    `${key} by ${report.column}`,
    '95 % bootstrap intervals; dashed: all rows; in brackets: rows',
    chart(
      {
        x: key,
        y: '',
        xRange: rangeOf([...low, ...high]),
        yRange: [-0.6, rows.length - 0.4],
        yNames: names.toReversed(),
        height: 70 + 24 * rows.length,
        label: `${key} by ${report.column}`,
      },
      [
        ...(overall === undefined
          ? []
          : [
              {
                kind: 'line' as const,
                x: [overall, overall],
                y: [-0.6, rows.length - 0.4],
                colour: 'var(--base)',
                width: 1,
                dashed: true,
              },
            ]),
        {
          kind: 'ranges',
          x: rows.map((row) => row.value),
          y: places,
          low,
          high,
          colour: accent,
          titles: rows.map(
            (row) =>
              `${row.label}: ${short(row.value)} (${short(row.low ?? Number.NaN)} – ${short(row.high ?? Number.NaN)})`,
          ),
        },
      ],
    ),
  )
}

function ranked(
  title: string,
  note: string,
  x: string,
  rows: readonly { column: string; value: number }[],
): Node {
  const shown = rows.slice(0, 20)
  return card(
    title,
    note,
    chart(
      {
        x,
        y: '',
        xRange: rangeOf(
          shown.map((row) => row.value),
          true,
        ),
        yRange: [-0.6, shown.length - 0.4],
        yNames: shown.map((row) => row.column).toReversed(),
        height: 70 + 22 * shown.length,
        label: title,
      },
      [
        {
          kind: 'bars',
          x: shown.map((row) => row.value),
          y: shown.map((_, i) => shown.length - 1 - i),
          colour: accent,
          titles: shown.map((row) => `${row.column}: ${short(row.value)}`),
        },
      ],
    ),
  )
}

function dependenceOf(one: ReportDocument['dependence'][number]): Node {
  const numeric = one.grid.every((value) => typeof value === 'number')
  const x = one.grid.map((value, i) => (typeof value === 'number' ? value : i))
  const values = [...one.average.flat(), ...(numeric ? one.individual.flat() : [])]
  return card(
    one.column,
    numeric ? 'mean prediction; thin: single rows' : 'mean prediction',
    chart(
      {
        x: one.column,
        y: one.outputs.join(', '),
        xRange: numeric ? rangeOf(x) : [-0.5, x.length - 0.5],
        yRange: rangeOf(values, !numeric),
        ...(numeric ? {} : { xNames: one.grid.map(String) }),
        label: `Dependence on ${one.column}`,
      },
      [
        ...(numeric && one.outputs.length === 1
          ? one.individual.map((y) => ({ kind: 'line' as const, x, y, colour: 'var(--strong)', width: 0.75 }))
          : []),
        ...one.average.map((y, i) => ({
          kind: numeric ? ('line' as const) : ('bars' as const),
          x,
          y,
          colour: series[i % series.length]!,
          width: 2.25,
          name: one.outputs[i] ?? '',
        })),
      ],
    ),
  )
}

function draw(report: ReportDocument, main: HTMLElement): void {
  const { evaluation, importance, slices, dependence, shap } = report
  const { task } = evaluation.report
  const figures = Object.entries(evaluation.metrics).map(([key, value]) =>
    html('div', {}, html('span', {}, key), html('b', {}, short(value ?? Number.NaN))),
  )
  main.append(
    html(
      'p',
      {},
      `${report.kind} predicting ${report.target}, trained ${report.created.slice(0, 16).replace('T', ' ')} UTC. ${evaluation.report.rows.toLocaleString('en-US')} held-out rows; ${evaluation.heldOut.rows.toLocaleString('en-US')} of them kept for slices and importance.`,
    ),
    html('div', { class: 'figures' }, ...figures),
    html('h2', {}, 'On held-out rows'),
  )
  switch (evaluation.report.task) {
    case 'binary':
      main.append(
        classPictures(evaluation.report.positive, [
          String(evaluation.report.classes[0]),
          String(evaluation.report.classes[1]),
        ]),
      )
      break
    case 'multiclass':
      main.append(...multiclassPictures(evaluation.report))
      break
    case 'regression':
      main.append(regressionPictures(evaluation.report, report.target))
  }
  main.append(
    html('h2', {}, 'Slices'),
    chooser(
      slices.map((one) => one.column),
      'Column',
      (i) => slicesOf(slices[i]!, task),
    ),
    html('h2', {}, 'What the model goes by'),
    html(
      'div',
      { class: 'grid' },
      ranked(
        'Permutation importance',
        `${importance.metric} lost when a column is shuffled; ${importance.rows} rows, ${importance.repeats} shuffles`,
        importance.metric,
        importance.permutation.map(({ column, mean }) => ({ column, value: mean })),
      ),
      ...(shap
        ? [
            ranked(
              'Mean absolute SHAP value',
              `of ${shap.rows} held-out rows, margin of ${shap.output}`,
              'mean |SHAP value|',
              shap.columns.map(({ column, meanAbsolute }) => ({ column, value: meanAbsolute })),
            ),
          ]
        : []),
    ),
    html('h2', {}, 'Partial dependence'),
    html('div', { class: 'grid' }, ...dependence.map(dependenceOf)),
  )
}

const data = document.getElementById('report')?.textContent
const main = document.querySelector('main')
// Written beside this script by the engine from the very type it is read as.
if (data && main) draw(JSON.parse(data) as ReportDocument, main)
