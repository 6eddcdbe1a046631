import { Failure } from '../../shared/failure.ts'
import { predictedLabels, predictedProbabilities } from '../../shared/models/predictor.ts'
import { absentColumns, absentText } from '../../shared/signature/absent-columns.ts'
import type { Label } from '../../shared/signature/signature.ts'
import type { ScoredVersion } from './scored-version.ts'

/** One row's answer: what is predicted and, for classes, the probability of each by its label. */
export interface RowPrediction {
  readonly prediction: Label
  readonly probabilities?: Readonly<Record<string, number>>
}

/** More are a relation's business. */
const mostRows = 10_000

function present(rows: readonly Record<string, unknown>[]): Set<string> {
  const names = new Set<string>()
  for (const row of rows) for (const name in row) if (row[name] !== undefined) names.add(name)
  return names
}

/**
 * Scores rows given as objects, as a request would be.
 *
 * @param warn is told of columns that the model takes and no row has
 * @throws Failure `invalid-input` naming the row and column that does not fit
 */
export async function scoreRows(
  scored: ScoredVersion,
  rows: readonly Record<string, unknown>[],
  warn?: (text: string) => void,
): Promise<RowPrediction[]> {
  const { record, name, version } = scored
  const { signature } = record
  if (rows.length > mostRows) {
    throw new Failure(
      'invalid-input',
      `predict was given ${rows.length.toLocaleString('en-US')} rows as objects; it takes ${mostRows.toLocaleString('en-US')}.`,
      "Put them into a relation and give its name: predict('features').",
    )
  }
  const answer = await scored.records(rows)
  if (!answer.ok) {
    const { row, column, expected, found } = answer.field
    const where = column === '' ? '' : `, column "${column}"`
    throw new Failure(
      'invalid-input',
      `Row ${row + 1}${where}: ${name} version ${version} expected ${expected}, found ${found}.`,
      'Correct the row; the signature on the model page says what each column takes.',
    )
  }
  const absent = warn && rows.length > 0 ? absentColumns(signature, present(rows)) : []
  if (absent.length > 0) warn?.(absentText(absent, 'the array of rows'))
  const { predictions } = answer
  const probabilities = predictedProbabilities(signature, predictions)
  const classes = (signature.target.classes ?? []).map(String)
  return predictedLabels(signature, predictions).map((prediction, row) => {
    const of = probabilities?.[row]
    if (!of) return { prediction }
    return {
      prediction,
      probabilities: Object.fromEntries(classes.map((label, k) => [label, of[k] ?? Number.NaN])),
    }
  })
}
