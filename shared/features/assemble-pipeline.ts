import { assertNever } from '../assert-never.ts'
import { cycles } from './calendar.ts'
import type { Encoder, EncoderOf, Pipeline } from './pipeline.ts'

function edgeText(value: number): string {
  return String(Number(value.toPrecision(6)))
}

function timestampNames({ name, parts, cyclical }: EncoderOf<'timestamp'>): string[] {
  return parts.flatMap((part) =>
    cyclical && cycles[part] !== null
      ? [`sin of ${part} of ${name}`, `cos of ${part} of ${name}`]
      : [`${part} of ${name}`],
  )
}

function ownNames(encoder: Encoder): string[] {
  const { name } = encoder
  switch (encoder.kind) {
    case 'numeric':
    case 'ordinal':
    case 'codes':
    case 'boolean':
      return [name]
    case 'bins': {
      if (encoder.output === 'ordinal') return [`bin of ${name}`]
      const edges = encoder.edges.map(edgeText)
      return edges.slice(1).map((edge, i) => `${name} from ${edges[i]} to ${edge}`)
    }
    case 'onehot': {
      const names = encoder.categories.map((category) => `${name}=${category}`)
      if (encoder.otherInput) names.push(`${name} is other`)
      if (encoder.missingInput) names.push(`${name} is missing`)
      return names
    }
    case 'hashing':
      return Array.from({ length: encoder.width }, (_, i) => `hash ${i} of ${name}`)
    case 'frequency':
      return [`frequency of ${name}`]
    case 'target':
      return encoder.classes
        ? encoder.classes.map((label) => `share of ${label} by ${name}`)
        : [`target mean by ${name}`]
    case 'timestamp':
      return timestampNames(encoder)
    case 'text':
      return encoder.idf.map((_, i) => `word ${i} of ${name}`)
    default:
      return assertNever(encoder)
  }
}

/** Names of the model inputs one encoder writes, such as `contract=One year` or `contract is missing`. */
export function inputNames(encoder: Encoder): string[] {
  const names = ownNames(encoder)
  if (encoder.kind !== 'onehot' && encoder.indicator) names.push(`${encoder.name} is missing`)
  return names
}

/**
 * Puts fitted encoders together; the order of `columns` is the order of the model inputs.
 *
 * @param interactions pairs of columns by index, whose inputs are multiplied with each other
 */
export function assemblePipeline(
  columns: Encoder[],
  interactions: readonly (readonly [number, number])[] = [],
): Pipeline {
  const names = columns.map(inputNames)
  const products = interactions.flatMap(([a, b]) =>
    (names[a] ?? []).flatMap((left) => (names[b] ?? []).map((right) => `${left} × ${right}`)),
  )
  const inputs = [...names.flat(), ...products]
  return {
    version: 1,
    columns,
    ...(interactions.length > 0
      ? { interactions: interactions.map(([a, b]): [number, number] => [a, b]) }
      : {}),
    width: inputs.length,
    inputs,
  }
}

/** The pipeline as it is stored and served: without what only the training rows need. */
export function withoutFolds(pipeline: Pipeline): Pipeline {
  const columns = pipeline.columns.map((encoder) => {
    if (encoder.kind !== 'target') return encoder
    const { folds: _, ...served } = encoder
    return served
  })
  return { ...pipeline, columns }
}
