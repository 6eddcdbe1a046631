import { Failure } from '../../../shared/failure.ts'
import { inputNames } from '../../../shared/features/assemble-pipeline.ts'
import type { Encoder, Pipeline } from '../../../shared/features/pipeline.ts'
import type { GbdtSpec } from '../../../shared/models/model-spec.ts'
import type { Task } from '../../../shared/signature/signature.ts'

/** Per input, how many categories its values are the codes of; 0 for numbers. */
export function categoriesOfInputs(pipeline: Pipeline): number[] {
  const counts = pipeline.columns.flatMap((encoder) =>
    inputNames(encoder).map(() => (encoder.kind === 'codes' ? encoder.categories.length : 0)),
  )
  // Inputs made of several columns come after these, and are numbers.
  return Array.from({ length: pipeline.width }, (_, input) => counts[input] ?? 0)
}

function refuse(message: string, whatToDo: string): Failure {
  return new Failure('invalid-input', message, whatToDo, 'model.monotone')
}

/** Encoders whose first input rises with the column. */
const risingKinds: readonly Encoder['kind'][] = ['numeric', 'boolean', 'ordinal']

/** Per input, 1 or −1 where the spec constrains its column; empty where it constrains none. */
export function monotoneInputs(model: GbdtSpec, pipeline: Pipeline, task: Task): number[] {
  const wanted = Object.entries(model.monotone ?? {})
  if (wanted.length === 0) return []
  if (task === 'multiclass') {
    throw refuse(
      'Monotone constraints need one output, but the target has several classes, whose probabilities cannot all rise.',
      'Leave out "monotone", or predict two classes or a number.',
    )
  }
  const objective = model.objective ?? (model.quantile === undefined ? 'squared' : 'quantile')
  if (objective === 'absolute' || objective === 'quantile') {
    throw refuse(
      `Monotone constraints do not hold with the objective "${objective}", whose leaves are fitted anew after each tree.`,
      'Use "objective": "squared" or "poisson", or leave out "monotone".',
    )
  }
  const signs = new Array<number>(pipeline.width).fill(0)
  for (const [name, sign] of wanted) {
    let input = 0
    const encoder = pipeline.columns.find((one) => {
      if (one.name === name) return true
      input += inputNames(one).length
      return false
    })
    if (!encoder) {
      throw refuse(
        `model.monotone: there is no feature "${name}".`,
        `The features are ${pipeline.columns.map((one) => one.name).join(', ')}.`,
      )
    }
    if (!risingKinds.includes(encoder.kind)) {
      throw refuse(
        `model.monotone: feature "${name}" is encoded as ${encoder.kind}, which has no order; only numbers, truth values and ordered categories do.`,
        `Leave "${name}" out of "monotone", or encode it as "ordinal".`,
      )
    }
    signs[input] = sign
  }
  return signs
}
