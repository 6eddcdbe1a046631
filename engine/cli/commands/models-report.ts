import type { ReportDocument } from '../../../shared/evaluation/report-document.ts'
import { table } from '../table.ts'
import { type Call, refOf, say } from './model-action.ts'

function describe({ name, version, evaluation, importance, slices, shap }: ReportDocument): string {
  const { report, heldOut, metrics } = evaluation
  const short = (value: number) => value.toPrecision(4)
  const given = heldOut.origin === 'given'
  const sizeOf = (of: ReportDocument['shap'][number], name: string) => {
    const found = of.columns.find(({ column }) => column === name)
    return found === undefined ? '–' : short(found.meanAbsolute)
  }
  const rows = importance.permutation.map(({ column, mean, sd }) => [
    column,
    `${short(mean)} ± ${short(sd)}`,
    ...shap.map((of) => sizeOf(of, column)),
  ])
  return [
    `${name}:${version} on ${report.rows.toLocaleString('en-US')} ${given ? 'given' : 'held-out'} rows${given ? '; whether the model saw them in training is not known' : ''}`,
    table(
      ['metric', 'value'],
      Object.entries(metrics).map(([key, value]) => [key, short(value)]),
    ),
    table(
      [
        'column',
        `${importance.metric} worse by, when shuffled`,
        ...shap.map(({ output }) => `mean size of SHAP values, ${output}`),
      ],
      rows,
    ),
    `Slices by ${slices.map(({ column }) => column).join(', ')}, curves, dependence and SHAP values are in --json.`,
  ].join('\n\n')
}

/** `models report <version>`: curves, slices, importance, dependence and SHAP values, as the HTML document has them. */
export async function report(call: Call): Promise<number> {
  const document = await call.opened.evaluation.document(await refOf(call), new AbortController().signal)
  return say(call, document, call.args.flag('json') ? '' : describe(document))
}
