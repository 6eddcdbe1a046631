/** Sample weights: how much each row counts while a model is fitted. Metrics count every row once. */
import { Failure } from '../../shared/failure.ts'
import { sourceKind } from '../../shared/features/source-kind.ts'
import type { TrainSpec } from '../../shared/notebook/train-spec.ts'
import { quote, type Session } from '../data/database.ts'
import type { SourceColumn } from './choose-columns.ts'
import type { Resolved } from './resolve-task.ts'
import { snapshotTable } from './take-snapshot.ts'

function refuse(message: string, whatToDo: string): Failure {
  return new Failure('invalid-input', message, whatToDo, 'weight')
}

/** The column that holds the weights, null where every row counts the same. */
export function findWeight(spec: TrainSpec, columns: readonly SourceColumn[]): SourceColumn | null {
  const { weight: name, target, from, features } = spec
  if (name === undefined) return null
  const column = columns.find((one) => one.name === name)
  if (!column) {
    throw refuse(
      `weight: relation "${from}" has no column "${name}".`,
      `Its columns are ${columns.map((one) => one.name).join(', ')}.`,
    )
  }
  if (name === target) {
    throw refuse(`weight: "${name}" is the target.`, 'Name a column that holds the weights.')
  }
  const kind = sourceKind(column.sourceType)
  if (kind !== 'integer' && kind !== 'float') {
    throw refuse(
      `Weight "${name}" is of type ${column.sourceType}; a weight is a number.`,
      'Convert it in the SQL cell.',
    )
  }
  const asked = features?.include?.includes(name) === true ? 'include' : 'columns'
  if (asked === 'include' || Object.hasOwn(features?.columns ?? {}, name)) {
    throw refuse(
      `Column "${name}" is the weight and stands in features.${asked} too; a request carries no weight.`,
      `Take it out of features.${asked}, or give the feature a column of its own.`,
    )
  }
  return column
}

/** Refuses weights that are missing, infinite or below 0 anywhere in the snapshot, or 0 everywhere. */
export async function checkWeights(session: Session, weight: SourceColumn): Promise<void> {
  const { name } = weight
  const [found] = await session.rows(
    `select count(*) filter (w is null)::double as missing, count(*) filter (isinf(w))::double as infinite,
            count(*) filter (w < 0)::double as negative, min(w) as least,
            count(*) filter (w > 0)::double as positive from ${snapshotTable}`,
  )
  const rowsOf = (count: number) => `${count.toLocaleString('en-US')} ${count === 1 ? 'row' : 'rows'}`
  const [missing, infinite] = [Number(found?.missing), Number(found?.infinite)]
  const negative = Number(found?.negative)
  if (missing > 0) {
    throw refuse(
      `Weight "${name}" is missing in ${rowsOf(missing)}; every row needs one.`,
      `Give it a value in the SQL cell: coalesce(${quote(name)}, 1).`,
    )
  }
  if (infinite > 0) {
    throw refuse(
      `Weight "${name}" is infinite in ${rowsOf(infinite)}; a weight is a finite number of at least 0.`,
      `Bound it in the SQL cell: least(${quote(name)}, 1000).`,
    )
  }
  if (negative > 0) {
    throw refuse(
      `Weight "${name}" is below 0 in ${rowsOf(negative)}, down to ${Number(found?.least)}; a weight is a finite number of at least 0.`,
      `Raise it in the SQL cell: greatest(${quote(name)}, 0).`,
    )
  }
  if (Number(found?.positive) === 0) {
    throw refuse(
      `Weight "${name}" is 0 in every row, so no row counts.`,
      'Use another column, or leave out "weight".',
    )
  }
}

/** SQL of the training rows that count for something, which features are fitted on too. */
export function countedSql(training: string, weight: SourceColumn | null): string {
  return weight ? `${training} and w > 0` : training
}

/**
 * Refuses training rows, or training rows of a class, that weigh nothing: there is nothing to learn from.
 *
 * @param training SQL that is true of the rows of `table` that are trained on
 */
export async function checkTrainingWeights(
  session: Session,
  table: string,
  training: string,
  { classes }: Pick<Resolved, 'classes'>,
  weight: SourceColumn,
): Promise<void> {
  const [empty] = await session.rows(
    `select ${classes.length > 0 ? 'y' : '0'}::integer as k from ${table} where ${training}
     group by k having sum(w) = 0 order by k limit 1`,
  )
  if (!empty) return
  const one = classes[Number(empty.k)]
  throw refuse(
    one
      ? `Weight "${weight.name}" is 0 in every row of class ${JSON.stringify(one.label)} that is trained on.`
      : `Weight "${weight.name}" is 0 in every row that is trained on.`,
    one
      ? 'Leave the class out in the SQL cell, or give some of its rows a weight.'
      : 'Give more rows a weight, or change the split.',
  )
}
