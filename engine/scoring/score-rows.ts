import { Failure } from '../../shared/failure.ts'
import { compileRowDecoder } from '../../shared/signature/decode-rows.ts'
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
export function scoreRows(scored: ScoredVersion, rows: readonly Record<string, unknown>[]): RowPrediction[] {
  const { predictor, name, version } = scored
  const { signature, pipeline } = predictor
  if (rows.length > mostRows) {
    throw new Failure(
      'invalid-input',
      `predict was given ${rows.length.toLocaleString('en-US')} rows as objects; it takes ${mostRows.toLocaleString('en-US')}.`,
      "Put them into a relation and give its name: predict('features').",
    )
  }
  const decoded = compileRowDecoder(signature, pipeline, { maxErrors: 1 }).records(rows)
  if (!decoded.ok) {
    const [first] = decoded.fields
    const where = first?.column === '' ? '' : `, column "${first?.column}"`
    throw new Failure(
      'invalid-input',
      `Row ${(first?.row ?? 0) + 1}${where}: ${name} version ${version} expected ${first?.expected}, found ${first?.found}.`,
      'Correct the row; the signature on the model page says what each column takes.',
    )
  }
  const predicted = predictor.predict(decoded.batch)
  const probabilities = predictor.probabilities(predicted)
  const classes = (signature.target.classes ?? []).map(String)
  return predictor.predictions(predicted).map((prediction, row) => {
    const of = probabilities?.[row]
    if (!of) return { prediction }
    return {
      prediction,
      probabilities: Object.fromEntries(classes.map((label, k) => [label, of[k] ?? Number.NaN])),
    }
  })
}
