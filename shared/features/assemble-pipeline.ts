import { assertNever } from '../assert-never.ts'
import type { Encoder, Pipeline } from './pipeline.ts'

/** Names of the model inputs one encoder writes, such as `contract=One year` or `contract is missing`. */
export function inputNames(encoder: Encoder): string[] {
  switch (encoder.kind) {
    case 'numeric':
    case 'ordinal':
    case 'codes':
    case 'boolean':
      return [encoder.name]
    case 'onehot': {
      const names = encoder.categories.map((category) => `${encoder.name}=${category}`)
      if (encoder.missingInput) names.push(`${encoder.name} is missing`)
      return names
    }
    default:
      return assertNever(encoder)
  }
}

/** Puts fitted encoders together; the order of `columns` is the order of the model inputs. */
export function assemblePipeline(columns: Encoder[]): Pipeline {
  const inputs = columns.flatMap(inputNames)
  return { version: 1, columns, width: inputs.length, inputs }
}
