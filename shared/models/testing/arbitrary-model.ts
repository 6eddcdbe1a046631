import fc from 'fast-check'
import { type Activation, type DenseModel, hiddenActivations } from '../dense-model.ts'

const weight = fc.float({ noNaN: true, min: -2, max: 2 })

function layer(inputs: number, outputs: number, activation: Activation) {
  const size = inputs * outputs
  return fc
    .tuple(
      fc.array(weight, { minLength: size, maxLength: size }),
      fc.array(weight, { minLength: outputs, maxLength: outputs }),
    )
    .map(([kernel, bias]) => ({
      inputs,
      outputs,
      kernel: Float32Array.from(kernel),
      bias: Float32Array.from(bias),
      activation,
    }))
}

/** Stacks of one to four layers with every activation and head. */
export const arbitraryModel: fc.Arbitrary<DenseModel> = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 5 }),
    fc.constantFrom<Activation>('linear', 'sigmoid', 'softmax'),
    fc.constantFrom<Activation>(...hiddenActivations),
  )
  .chain(([sizes, head, hidden]) => {
    const widths = sizes.slice(1)
    const layers = widths.map((outputs, l) =>
      layer(sizes[l]!, outputs, l === widths.length - 1 ? head : hidden),
    )
    return fc.tuple(...layers).map((list) => ({ layers: list }))
  })

/** Row-major inputs for a model, with the zeros that one-hot rows are full of. */
export function arbitraryInputs(model: DenseModel): fc.Arbitrary<{ rows: number; inputs: Float32Array }> {
  const width = model.layers[0]!.inputs
  return fc.integer({ min: 1, max: 12 }).chain((rows) =>
    fc
      .array(fc.oneof(fc.constant(0), fc.float({ noNaN: true, min: -3, max: 3 })), {
        minLength: rows * width,
        maxLength: rows * width,
      })
      .map((values) => ({ rows, inputs: Float32Array.from(values) })),
  )
}
