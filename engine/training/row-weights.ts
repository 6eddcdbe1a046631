import { Failure } from '../../shared/failure.ts'
import type { ClassWeights } from '../../shared/models/dense-spec.ts'
import type { Label } from '../../shared/signature/signature.ts'
import type { Part, TrainerInput } from './trainer-messages.ts'

export function totalWeight(part: Pick<Part, 'rows' | 'weights'>): number {
  return part.weights ? part.weights.reduce((sum, weight) => sum + weight, 0) : part.rows
}

/** The rows that weigh more than nothing, in order. */
export function countedRows({ rows, weights }: Pick<Part, 'rows' | 'weights'>): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, i) => i)
  return weights ? all.filter((row) => weights[row]! > 0) : all
}

/** Of a class that is not named: 1. It may be called like something that every object inherits. */
function weightOf(wanted: Exclude<ClassWeights, 'balanced'>, label: string): number {
  return (Object.hasOwn(wanted, label) ? wanted[label] : undefined) ?? 1
}

/** A weight per class. Balanced: total / (classes × total of the class), by the rows' own weights. */
export function weightsOfClasses(wanted: ClassWeights, classes: readonly Label[], train: Part): Float64Array {
  if (wanted !== 'balanced') return Float64Array.from(classes, (label) => weightOf(wanted, String(label)))
  const totals = new Float64Array(classes.length)
  for (let r = 0; r < train.rows; r++) {
    const label = train.target[r]!
    totals[label] = totals[label]! + (train.weights ? train.weights[r]! : 1)
  }
  const total = totals.reduce((sum, value) => sum + value, 0)
  return totals.map((value) => (value > 0 ? total / (classes.length * value) : 0))
}

/** The part with each row's weight times its class's. */
export function weighByClass(part: Part, byClass: Float64Array): Part {
  const weights = Float64Array.from({ length: part.rows }, (_, r) => {
    return (part.weights ? part.weights[r]! : 1) * byClass[part.target[r]!]!
  })
  return { ...part, weights }
}

/** A request whose rows to train and validate on weigh what their classes say too. */
export function weighInput(input: TrainerInput, wanted: ClassWeights | undefined): TrainerInput {
  if (wanted === undefined) return input
  const { signature, train, validation } = input
  const byClass = weightsOfClasses(wanted, signature.target.classes ?? [], train)
  return { ...input, train: weighByClass(train, byClass), validation: weighByClass(validation, byClass) }
}

/** @throws Failure `invalid-input` naming a class that is not one, or weights that leave nothing to learn from */
export function checkClassWeights(wanted: ClassWeights, classes: readonly Label[], target: string): void {
  if (wanted === 'balanced') return
  const known = classes.map(String)
  const stranger = Object.keys(wanted).find((name) => !known.includes(name))
  if (stranger !== undefined) {
    throw new Failure(
      'invalid-input',
      `classWeights names the class "${stranger}", which target "${target}" does not have; it has ${known.slice(0, 20).join(', ')}.`,
      'Use the names of its classes; one that is left out weighs 1.',
      'model.classWeights',
    )
  }
  if (known.filter((name) => weightOf(wanted, name) > 0).length >= 2) return
  throw new Failure(
    'invalid-input',
    'classWeights leaves fewer than two classes with a weight above 0, so there is nothing to tell apart.',
    'Give at least two classes a weight above 0.',
    'model.classWeights',
  )
}
