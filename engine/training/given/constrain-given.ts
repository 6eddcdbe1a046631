import { Failure } from '../../../shared/failure.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { Signature, SignatureColumn } from '../../../shared/signature/signature.ts'
import { stagedColumn } from '../../../shared/transforms/chain-sql.ts'
import type { TransformInput } from '../../../shared/transforms/transform-plan.ts'
import type { Session } from '../../data/database.ts'
import { chooseFeatures } from '../choose-columns.ts'
import { checkColumnSpec } from '../features/check-column-spec.ts'
import { checkFeatures } from '../features/check-features.ts'
import type { OpenedData } from '../open-data.ts'
import { splitTable } from '../split-rows.ts'
import { snapshotColumn } from '../take-snapshot.ts'
import { checkHeld } from '../transforms/constrain-inputs.ts'
import { signatureWith } from './check-given.ts'

/** What accepts a missing value, and whether the key must be there, by constraints that were added to a column. */
function accepting(column: SignatureColumn): SignatureColumn {
  const { constraints } = column
  if (constraints === undefined) return column
  const { missing = column.missing, required } = constraints
  const follows = constraints.missing === undefined ? column.required : !missing
  return { ...column, missing, required: required ?? follows }
}

/** Refuses constraints that do not go with a feature, or that rows of the data break. */
async function checkFeature(
  session: Session,
  opened: OpenedData,
  spec: TrainSpec,
  { name, constraints }: SignatureColumn,
): Promise<void> {
  const features = chooseFeatures(spec, opened.columns)
  const index = features.findIndex((feature) => feature.name === name)
  const feature = features[index]
  if (!feature || !constraints) return
  const held = { ...feature, spec: { ...feature.spec, constraints } }
  checkColumnSpec(held)
  await checkFeatures(session, splitTable, [held], opened.rows, () => snapshotColumn(index))
}

/**
 * The signature of a version of a model that was made elsewhere, with the constraints that were added to it. They are
 * held against the data as those of a train cell are.
 *
 * @param of the features' own signature, and what SQL before them is fed with, as staged; null where there is none
 * @throws Failure with the path `signature` naming the column whose constraints cannot be
 */
export async function constrainGiven(
  session: Session,
  opened: OpenedData,
  spec: TrainSpec,
  of: { own: Signature; inputs: readonly TransformInput[] | null },
  given: Signature | undefined,
): Promise<Signature> {
  const { own, inputs } = of
  const signature = signatureWith(own, given)
  if (signature === own) return own
  try {
    for (const column of signature.inputs) {
      if (column.constraints === undefined) continue
      if (inputs === null) {
        await checkFeature(session, opened, spec, column)
        continue
      }
      const place = inputs.findIndex(({ name, asked }) => asked && name === column.name)
      await checkHeld(session, column.name, inputs[place]!, stagedColumn(place), column.constraints)
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(error.code, error.message, error.whatToDo, 'signature')
  }
  return { ...signature, inputs: signature.inputs.map(accepting) }
}
