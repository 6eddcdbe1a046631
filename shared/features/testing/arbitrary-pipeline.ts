import fc from 'fast-check'
import { assemblePipeline } from '../assemble-pipeline.ts'
import { type Batch, missingCode, unseenCode } from '../batch.ts'
import type { Encoder, Pipeline } from '../pipeline.ts'

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
const categories = fc.uniqueArray(fc.string({ maxLength: 6 }), { minLength: 1, maxLength: 6 })

const numericEncoder = fc.record({
  kind: fc.constant('numeric' as const),
  impute: fc.constantFrom('mean' as const, 'median' as const, 'constant' as const),
  fill: number,
  scale: fc.constantFrom('standard' as const, 'minmax' as const, 'none' as const),
  center: number,
  factor: fc.double({ noNaN: true, min: 1e-3, max: 1e3 }),
})
const onehotEncoder = fc.record({
  kind: fc.constant('onehot' as const),
  categories,
  missingInput: fc.boolean(),
})
const ordinalEncoder = fc.record({ kind: fc.constant('ordinal' as const), categories })
const filledEncoder = fc
  .tuple(categories, fc.constantFrom('onehot' as const, 'ordinal' as const))
  .map(([list, kind]) =>
    kind === 'onehot'
      ? { kind, categories: list, missingInput: false, fill: list[0]! }
      : { kind, categories: list, fill: list[0]! },
  )
const booleanEncoder = fc.record({
  kind: fc.constant('boolean' as const),
  fill: fc.double({ noNaN: true, min: 0, max: 1 }),
})

/** Pipelines of every kind of encoder, with columns named `x0`, `x1`, … */
export const arbitraryPipeline: fc.Arbitrary<Pipeline> = fc
  .array(fc.oneof(numericEncoder, onehotEncoder, ordinalEncoder, filledEncoder, booleanEncoder), {
    minLength: 1,
    maxLength: 6,
  })
  .map((encoders) => assemblePipeline(encoders.map((encoder, i): Encoder => ({ ...encoder, name: `x${i}` }))))

function values(encoder: Encoder, rows: number): fc.Arbitrary<Float64Array | Int32Array> {
  const size = { minLength: rows, maxLength: rows }
  switch (encoder.kind) {
    case 'numeric':
      return fc.array(fc.oneof(number, fc.constant(Number.NaN)), size).map((v) => Float64Array.from(v))
    case 'boolean':
      return fc.array(fc.constantFrom(0, 1, Number.NaN), size).map((v) => Float64Array.from(v))
    default:
      return fc
        .array(
          fc.oneof(
            fc.integer({ min: 0, max: encoder.categories.length - 1 }),
            fc.constantFrom(missingCode, unseenCode),
          ),
          size,
        )
        .map((v) => Int32Array.from(v))
  }
}

/** A pipeline with a batch for it, missing and unseen values included. */
export function arbitraryBatch(pipeline: Pipeline, maxRows = 20): fc.Arbitrary<Batch> {
  return fc
    .integer({ min: 1, max: maxRows })
    .chain((rows) =>
      fc
        .tuple(...pipeline.columns.map((encoder) => values(encoder, rows)))
        .map((columns) => ({ rows, columns })),
    )
}
