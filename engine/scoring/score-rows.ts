import { Failure } from '../../shared/failure.ts'
import { predictedLabels, predictedProbabilities } from '../../shared/models/predictor.ts'
import type { Label } from '../../shared/signature/signature.ts'
import type { ScoredVersion } from './scored-version.ts'

/** One row's answer: what is predicted and, for classes, the probability of each by its label. */
export interface RowPrediction {
  readonly prediction: Label
  readonly probabilities?: Readonly<Record<string, number>>
}

/** More are a relation's business. */
const mostRows = 10_000

/**
 * Scores rows given as objects, as a request would be.
 *
 * @throws Failure `invalid-input` naming the row and column that does not fit
 */
export async function scoreRows(
  scored: ScoredVersion,
  rows: readonly Record<string, unknown>[],
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
