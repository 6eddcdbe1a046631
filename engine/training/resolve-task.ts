import { Failure } from '../../shared/failure.ts'
import { sourceKind } from '../../shared/features/source-kind.ts'
import type { ModelSpec } from '../../shared/models/model-spec.ts'
import type { TrainSpec } from '../../shared/notebook/train-spec.ts'
import type { Label, Task } from '../../shared/signature/signature.ts'
import { quote, type Session } from '../data/database.ts'
import type { SourceColumn } from './choose-columns.ts'
import { checkClassWeights } from './row-weights.ts'
import { snapshotTable } from './take-snapshot.ts'

export interface Resolved {
  task: Task
  model: ModelSpec
  /** Different values of the target. */
  distinct: number
  /** Classification: labels in the order of the model's outputs, and the snapshot's value of each. */
  classes: { label: Label; value: string | number; rows: number }[]
}

const mostClasses = 1_000

function refuse(message: string, whatToDo: string, path: string): Failure {
  return new Failure('invalid-input', message, whatToDo, path)
}

/**
 * The task a target stands for. Two distinct values of any type are binary; text with more is multiclass;
 * numbers with more are a regression, whole or not, because their order means something. A `linear` model
 * on a number always means regression. Whoever means classes by numbers says `"task": "multiclass"`.
 */
export function inferTask(
  kind: 'text' | 'boolean' | 'integer' | 'float',
  distinct: number,
  model: ModelSpec | undefined,
): Task {
  const isNumber = kind === 'integer' || kind === 'float'
  if (isNumber && model?.kind === 'linear') return 'regression'
  if (distinct === 2 || kind === 'boolean') return 'binary'
  return isNumber ? 'regression' : 'multiclass'
}

/** Refuses a model that cannot do the task. */
export function checkModel(model: ModelSpec, task: Task, target: string, distinct: number): void {
  if (task === 'regression' && 'classWeights' in model && model.classWeights !== undefined) {
    throw refuse(
      `Model "${model.kind}" takes "classWeights" for classes only, but target "${target}" makes this a regression.`,
      'Leave out "classWeights".',
      'model.classWeights',
    )
  }
  if (model.kind === 'logistic' && task === 'regression') {
    throw refuse(
      `Model "logistic" predicts classes, but target "${target}" is a number with ${distinct.toLocaleString('en-US')} distinct values.`,
      'Use "linear", "mlp" or "gbdt", or set "task": "multiclass" if each number is a class.',
      'model.kind',
    )
  }
  if (model.kind === 'gbdt' && task !== 'regression') {
    const key = model.objective === undefined ? 'quantile' : 'objective'
    if (model[key] === undefined) return
    throw refuse(
      `Model "gbdt" takes "${key}" for a regression only, but target "${target}" makes this a ${task} task.`,
      `Leave out "${key}".`,
      `model.${key}`,
    )
  }
  if (model.kind === 'linear' && task !== 'regression') {
    throw refuse(
      `Model "linear" predicts a number, but target "${target}" makes this a ${task} task.`,
      'Use "logistic", "mlp" or "gbdt".',
      'model.kind',
    )
  }
}

const largest = `±${Number.MAX_SAFE_INTEGER.toLocaleString('en-US')}`

const asText = (target: string): string =>
  `make them text in the SQL cell: cast(${quote(target)} as varchar) as ${quote(target)}.`

function labelOf(value: string | number, sourceType: string): Label {
  return sourceType === 'BOOLEAN' ? value === 1 : value
}

/** Refuses weights of classes that the target does not have. */
export function checkClassesOf(
  model: ModelSpec,
  { classes }: Pick<Resolved, 'classes'>,
  target: string,
): void {
  if (!('classWeights' in model) || model.classWeights === undefined) return
  const labels = classes.map((one) => one.label)
  checkClassWeights(model.classWeights, labels, target)
}

/** @throws Failure naming what is wrong with the target for the task */
export async function resolveTask(
  session: Session,
  spec: TrainSpec,
  target: SourceColumn,
): Promise<Resolved> {
  const kind = sourceKind(target.sourceType)
  if (kind === null || kind === 'timestamp')
    throw new Error(`Target type ${target.sourceType} was to be refused before.`)
  const [counted] = await session.rows(`select count(distinct t)::double as n from ${snapshotTable}`)
  const distinct = Number(counted?.n)
  const task = spec.task === 'auto' ? inferTask(kind, distinct, spec.model) : spec.task
  const model = spec.model ?? { kind: task === 'regression' ? ('linear' as const) : ('logistic' as const) }
  const shown = distinct.toLocaleString('en-US')
  if (distinct < 2) {
    const [only] = await session.rows(`select t from ${snapshotTable} limit 1`)
    const value = kind === 'text' ? String(only?.t) : labelOf(Number(only?.t), target.sourceType)
    if (kind !== 'text' && Math.abs(Number(value)) > Number.MAX_SAFE_INTEGER) {
      throw refuse(
        `Target "${target.name}" is ${value} in every row as a number; beyond ${largest}, neighbouring ones are the same.`,
        `If they are classes, ${asText(target.name)} If they are amounts, subtract what they have in common there.`,
        'target',
      )
    }
    throw refuse(
      task === 'regression'
        ? `Target "${target.name}" is constant: every row has ${value}.`
        : `Target "${target.name}" has one class only: every row is ${JSON.stringify(value)}.`,
      'Use a relation that holds other outcomes too.',
      'target',
    )
  }
  if (task === 'regression' && (kind === 'text' || kind === 'boolean')) {
    throw refuse(
      `A regression needs a numeric target; "${target.name}" is ${target.sourceType}.`,
      'Convert it in the SQL cell, or leave out "task".',
      'task',
    )
  }
  if (task === 'binary' && distinct !== 2) {
    throw refuse(
      `A binary task needs a target with two values; "${target.name}" has ${shown}.`,
      'Set "task": "multiclass", or reduce the target to two values in the SQL cell.',
      'task',
    )
  }
  if (task === 'multiclass' && distinct > mostClasses) {
    throw refuse(
      `Target "${target.name}" has ${shown} different values; a multiclass task takes at most ${mostClasses.toLocaleString('en-US')}.`,
      'Choose another target, or group its values in the SQL cell.',
      'target',
    )
  }
  checkModel(model, task, target.name, distinct)
  if (task === 'regression') return { task, model, distinct, classes: [] }
  const found = await session.rows(
    `select t as value, count(*)::double as n from ${snapshotTable} group by t order by t`,
  )
  const classes = found.map((row) => {
    const value = kind === 'text' ? String(row.value) : Number(row.value)
    return { label: labelOf(value, target.sourceType), value, rows: Number(row.n) }
  })
  const large = classes.find(({ value }) => Math.abs(Number(value)) > Number.MAX_SAFE_INTEGER)
  if (typeof large?.value === 'number') {
    throw refuse(
      `Target "${target.name}" has classes beyond ${largest}, such as ${large.value}: as numbers, neighbouring ones are the same.`,
      `For classes, ${asText(target.name)}`,
      'target',
    )
  }
  const resolved = { task, model, distinct, classes }
  checkClassesOf(model, resolved, target.name)
  return resolved
}
