import type { Examples } from '../../../shared/bundle/manifest.ts'
import { compileRowDecoder } from '../../../shared/signature/decode-rows.ts'
import { rowColumn, stagedColumn } from '../../../shared/transforms/chain-sql.ts'
import type { Session } from '../../data/database.ts'
import type { AsyncPredictor } from '../../scoring/scoring-thread.ts'
import { exampleValue } from '../make-examples.ts'
import { parts, rowsTable, splitTable } from '../split-rows.ts'
import { snapshotColumn, sourceRow } from '../take-snapshot.ts'
import type { FinishedTransforms } from './prepare-transforms.ts'
import { stagingTable } from './stage-input.ts'

const most = 200

/**
 * Held-out rows of the serving input with the predictions of the training relation's own values for them: what a bundle
 * answers to these rows passes through its SQL, and must be the same to the last bit.
 *
 * @param predictor on the features
 */
export async function makeServingExamples(
  session: Session,
  predictor: AsyncPredictor,
  { signature, inputs }: FinishedTransforms,
): Promise<Examples> {
  const features = predictor.signature.inputs
  const asked = signature.inputs.map((column) => ({
    column,
    staged: `i.${stagedColumn(inputs.findIndex(({ name }) => name === column.name))}`,
  }))
  // A row that the signature refuses is no example: its column had no missing value in training.
  const accepted = asked.filter(({ column }) => !column.missing).map(({ staged }) => `${staged} is not null`)
  const selected = [
    ...features.map((_, index) => `r.${snapshotColumn(index)} as f${index}`),
    ...asked.map(({ staged }, index) => `${staged} as a${index}`),
  ]
  const found = await session.rows(
    `select ${selected.join(', ')} from ${rowsTable} r
     join ${splitTable} s on r.n = s.n join ${stagingTable} i on s.${sourceRow} = i.${rowColumn}
     where ${[`r.part = ${parts.test}`, ...accepted].join(' and ')} order by r.n limit ${most}`,
  )
  const rows = found.map((row) =>
    Object.fromEntries(
      asked.map(({ column }, index) => [column.name, exampleValue(row[`a${index}`], column.type)]),
    ),
  )
  // Whether a feature may be missing is no question of the request; the pipeline fills it in.
  const open = {
    ...predictor.signature,
    inputs: features.map((column) => ({ ...column, required: false, missing: true })),
  }
  const decoded = compileRowDecoder(open, predictor.pipeline).records(
    found.map((row) =>
      Object.fromEntries(
        features.map(({ name, type }, index) => [name, exampleValue(row[`f${index}`], type)]),
      ),
    ),
  )
  if (!decoded.ok)
    throw new Error(`The features of an example do not fit: ${JSON.stringify(decoded.fields[0])}`)
  const predicted = await predictor.predict(decoded.batch)
  const probabilities = predictor.probabilities(predicted)
  return {
    version: 1,
    rows,
    predictions: predictor.predictions(predicted),
    ...(probabilities ? { probabilities } : {}),
  }
}
