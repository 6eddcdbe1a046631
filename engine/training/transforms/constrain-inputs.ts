import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { Failure } from '../../../shared/failure.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { Constraints } from '../../../shared/signature/constraints.ts'
import { rowColumn, stagedColumn } from '../../../shared/transforms/chain-sql.ts'
import type { TransformInput } from '../../../shared/transforms/transform-plan.ts'
import { quote, type Session } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { valueKindOf, valueSql } from '../column-kinds.ts'
import { checkColumnSpec } from '../features/check-column-spec.ts'
import { outsideSql } from '../features/check-features.ts'
import { checkPatterns } from '../features/check-patterns.ts'
import { splitTable } from '../split-rows.ts'
import { sourceRow } from '../take-snapshot.ts'
import { stagingTable } from './stage-input.ts'

export interface InputConstraints {
  /** By the column of the serving input: what requests are held to. */
  readonly byInput: ReadonlyMap<string, Constraints>
  /** Of features whose constraints no request can be held to. */
  readonly warnings: readonly LeakageWarning[]
}

/** The staged rows that are trained and tested on. */
const usedRows = `${stagingTable} i join ${splitTable} s on i.${rowColumn} = s.${sourceRow}`

/** Constraints that mean something for a column as requests carry it: times come as text, which has no ends. */
function fits({ carried }: TransformInput, constraints: Constraints): boolean {
  const { min, max, integer, values, pattern } = constraints
  const numeric = min !== undefined || max !== undefined || integer !== undefined
  const textual = values !== undefined || pattern !== undefined
  return (!numeric || carried === 'numeric') && (!textual || carried === 'categorical')
}

/** Whether a feature is the serving input's column as it came, in every row that is used. */
async function isUnchanged(
  session: Session,
  feature: FeatureColumn,
  input: TransformInput,
  staged: string,
  trainingTable: string,
): Promise<boolean> {
  if (
    valueKindOf(feature.type) === 'timestamp' ||
    (valueKindOf(feature.type) === 'text') !== (input.carried === 'categorical')
  )
    return false
  const value = valueSql(`f.${quote(feature.name)}`, feature.sourceType, valueKindOf(feature.type))
  const [found] = await session.rows(
    `select count(*) filter (i.${staged} is distinct from ${value})::double as changed
     from ${usedRows} join ${trainingTable} f on f.${rowColumn} = i.${rowColumn}`,
  )
  return Number(found?.changed) === 0
}

function warningOf(name: string, servingInput: string): LeakageWarning {
  return {
    kind: 'constraint',
    column: name,
    message: `The constraints of "${name}" were held against the training rows only: the SQL after "${servingInput}" makes this column, and requests do not carry it.`,
    whatToDo: `Put what requests are to be held to under "inputConstraints", by the columns of "${servingInput}".`,
  }
}

/** Refuses rows that break what requests are to be held to. */
export async function checkHeld(
  session: Session,
  name: string,
  input: TransformInput,
  staged: string,
  constraints: Constraints,
): Promise<void> {
  const feature: FeatureColumn = {
    name,
    sourceType: input.type,
    type: input.carried,
    spec: { constraints },
    trees: false,
    fill: undefined,
    sql: staged,
  }
  const path = `inputConstraints.${name}`
  try {
    checkColumnSpec(feature)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(error.code, error.message, error.whatToDo, path)
  }
  const outside = outsideSql(`i.${staged}`, feature)
  const [found] = await session.rows(
    `select count(*)::double as n, count(*) filter (${outside?.sql ?? 'false'})::double as outside from ${usedRows}`,
  )
  const [rows, broken] = [Number(found?.n), Number(found?.outside)]
  if (broken > 0) {
    throw new Failure(
      'invalid-input',
      `Column "${name}" of the serving input is to be ${outside?.words}, but ${broken.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')} rows are not.`,
      'Change its constraints, or leave those rows out in the SQL cell.',
      path,
    )
  }
  await checkPatterns(session, usedRows, [feature], rows, () => `i.${staged}`)
}

/**
 * What requests are held to: the constraints under `inputConstraints`, and those of features that the SQL hands on as
 * they came.
 *
 * @throws Failure naming a column that requests do not carry, or whose rows break its constraints
 */
export async function constrainInputs(
  session: Session,
  spec: TrainSpec,
  features: readonly FeatureColumn[],
  inputs: readonly TransformInput[],
  servingInput: string,
  trainingTable: string,
): Promise<InputConstraints> {
  const byInput = new Map<string, Constraints>()
  const warnings: LeakageWarning[] = []
  const placeOf = (name: string) => inputs.findIndex((input) => input.name === name && input.asked)
  for (const feature of features) {
    const { constraints } = feature.spec
    if (constraints === undefined) continue
    const place = placeOf(feature.name)
    const input = inputs[place]
    const handedOn =
      input !== undefined &&
      fits(input, constraints) &&
      (await isUnchanged(session, feature, input, stagedColumn(place), trainingTable))
    if (handedOn) byInput.set(feature.name, constraints)
    else warnings.push(warningOf(feature.name, servingInput))
  }
  for (const [name, constraints] of Object.entries(spec.inputConstraints ?? {})) {
    const place = placeOf(name)
    const input = inputs[place]
    if (!input) {
      const carried = inputs.filter(({ asked }) => asked).map((one) => one.name)
      throw new Failure(
        'invalid-input',
        `inputConstraints: requests do not carry a column "${name}" of "${servingInput}".`,
        `They carry ${carried.slice(0, 30).join(', ')}${carried.length > 30 ? ', …' : ''}.`,
        'inputConstraints',
      )
    }
    await checkHeld(session, name, input, stagedColumn(place), constraints)
    byInput.set(name, { ...byInput.get(name), ...constraints })
  }
  return { byInput, warnings }
}

/** Without SQL in between, the features are what requests carry. */
export function refuseInputConstraints(): Failure {
  return new Failure(
    'invalid-input',
    'inputConstraints: there is no SQL between the requests and the model, so requests carry the features.',
    'Put them under features.columns, as "constraints" of each column.',
    'inputConstraints',
  )
}
