import type { FieldError } from '../../shared/signature/decode-rows.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { ScoredRows } from './score-rows.ts'

/** Beyond this a number overflows single precision, in which models are stored, once it is scaled. */
const largest = 1e30

/**
 * Rows whose numbers are so large that the model's arithmetic left the range of numbers, with the columns to blame.
 * Empty for every row that can be answered: the common case costs one pass over the scores.
 */
export function rowsBeyondRange(model: LoadedModel, { batch, predictions }: ScoredRows): FieldError[] {
  const { rows, outputs, scores } = predictions
  const fields: FieldError[] = []
  for (let row = 0; row < rows; row++) {
    let finite = true
    for (let at = row * outputs; at < (row + 1) * outputs; at++) finite &&= Number.isFinite(scores[at])
    if (finite) continue
    model.pipeline.columns.forEach(({ name, kind }, index) => {
      const value = batch.columns[index]?.[row] ?? 0
      if (kind !== 'numeric' || !(Math.abs(value) > largest)) return
      fields.push({
        row,
        column: name,
        expected: `a number between -${largest} and ${largest}, with which this model can count`,
        found: String(value),
      })
    })
  }
  return fields
}
