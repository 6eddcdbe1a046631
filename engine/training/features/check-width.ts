import { Failure } from '../../../shared/failure.ts'
import { inputNames } from '../../../shared/features/assemble-pipeline.ts'
import type { Pipeline } from '../../../shared/features/pipeline.ts'

/** Most inputs of a model: weights and requests of more would not be answered in good time. */
const mostInputs = 100_000
/** Most inputs of all training rows together, which models read again and again. */
const mostValues = 20_000_000_000

/** Refuses a pipeline too wide to train or serve, naming the columns that make it so. */
export function checkWidth(pipeline: Pipeline, rows: number): void {
  const { width, columns } = pipeline
  if (width <= mostInputs && width * rows <= mostValues) return
  const widest = columns
    .map((encoder) => ({ name: encoder.name, inputs: inputNames(encoder).length }))
    .sort((a, b) => b.inputs - a.inputs)
    .slice(0, 3)
    .map(({ name, inputs }) => `"${name}" (${inputs.toLocaleString('en-US')})`)
  throw new Failure(
    'invalid-input',
    `The features make ${width.toLocaleString('en-US')} model inputs for ${rows.toLocaleString('en-US')} rows, which is too many; most come from ${widest.join(', ')}.`,
    'Give wide columns "encode": "target" or "hashing" with a smaller "width", or leave some out with features.exclude.',
    'features',
  )
}
