import { Failure } from '../../../shared/failure.ts'
import { inputNames } from '../../../shared/features/assemble-pipeline.ts'
import type { Encoder } from '../../../shared/features/pipeline.ts'

/** Most inputs that one pair of columns may add. */
const mostProducts = 4_096

/** The wished pairs as indexes into the fitted columns. @throws Failure naming a pair that cannot be multiplied */
export function interactionsOf(
  pairs: readonly (readonly [string, string])[],
  encoders: readonly Encoder[],
): [number, number][] {
  const seen = new Map<string, number>()
  return pairs.map((pair, i) => {
    const path = `features.interactions[${i}]`
    const refuse = (message: string, whatToDo: string) =>
      new Failure('invalid-input', message, whatToDo, path)
    const [left, right] = pair.map((name) => {
      const index = encoders.findIndex((encoder) => encoder.name === name)
      const encoder = encoders[index]
      if (!encoder) {
        throw refuse(
          `${path}: "${name}" is no feature.`,
          `The features are ${encoders
            .slice(0, 30)
            .map((one) => one.name)
            .join(', ')}${encoders.length > 30 ? ', …' : ''}.`,
        )
      }
      if (encoder.kind === 'codes') {
        throw refuse(
          `${path}: "${name}" is encoded as native categories, whose numbers mean nothing in a product.`,
          'Use "encode": "onehot" for it, or leave out the interaction: trees find it by themselves.',
        )
      }
      return { index, width: inputNames(encoder).length }
    })
    const products = left!.width * right!.width
    if (left!.index === right!.index || products > mostProducts) {
      throw refuse(
        products > mostProducts
          ? `${path}: "${pair[0]}" and "${pair[1]}" have ${left!.width} and ${right!.width} inputs, whose products would be ${products.toLocaleString('en-US')}; at most ${mostProducts.toLocaleString('en-US')} are taken.`
          : `${path}: "${pair[0]}" is paired with itself.`,
        products > mostProducts
          ? 'Give the categories a "minFrequency", or encode them by "target".'
          : 'Name two columns.',
      )
    }
    const key = JSON.stringify([...pair].sort())
    const before = seen.get(key)
    if (before !== undefined) {
      throw refuse(
        `${path}: "${pair[0]}" and "${pair[1]}" are features.interactions[${before}] already; their products are the same in either order.`,
        'Leave one of them out.',
      )
    }
    seen.set(key, i)
    return [left!.index, right!.index]
  })
}
