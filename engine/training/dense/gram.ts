/** HOT LOOP: products of all pairs of inputs over all rows. */
import { type Factor, factorise } from './cholesky.ts'
import type { SparseRows, Standard } from './sparse-rows.ts'

/** Sums over rows of what the solver sees, inputs and target centred. */
export interface Gram {
  /** Σ weights. */
  readonly total: number
  /** Rows with a weight above zero. */
  readonly rows: number
  readonly targetMean: number
  /** Σ w (x − x̄)(x − x̄)ᵀ, both triangles, row-major. */
  readonly products: Float64Array
  /** Σ w (x − x̄)(y − ȳ) */
  readonly withTarget: Float64Array
}

/** With more inputs the matrix of products takes over 128 MB and its factor minutes. */
export const mostGramInputs = 4096

export function accumulateGram(
  rows: SparseRows,
  standard: Standard,
  target: Float64Array,
  weights: Float64Array | null,
): Gram {
  const { width } = rows
  const products = new Float64Array(width * width)
  const withTarget = new Float64Array(width)
  let total = 0
  let counted = 0
  let targetMean = 0
  for (let r = 0; r < rows.rows; r++) {
    const weight = weights ? weights[r]! : 1
    total += weight
    targetMean += weight * target[r]!
    if (weight > 0) counted++
  }
  targetMean /= total
  rows.visit(({ first, rows: count, starts, inputs, values }) => {
    for (let r = 0; r < count; r++) {
      const weight = weights ? weights[first + r]! : 1
      if (weight === 0) continue
      const error = target[first + r]! - targetMean
      const end = starts[r + 1]!
      for (let a = starts[r]!; a < end; a++) {
        const input = inputs[a]!
        const value = weight * values[a]!
        withTarget[input] = withTarget[input]! + value * error
        const row = input * width
        for (let b = a; b < end; b++) {
          const at = row + inputs[b]!
          products[at] = products[at]! + value * values[b]!
        }
      }
    }
  })
  const { mean } = standard
  for (let i = 0; i < width; i++) {
    for (let j = i; j < width; j++) {
      const centred = products[i * width + j]! - total * mean[i]! * mean[j]!
      products[i * width + j] = centred
      products[j * width + i] = centred
    }
  }
  return { total, rows: counted, targetMean, products, withTarget }
}

/**
 * The order in which inputs are kept where some follow from others: measured ones first, then categories from rare to
 * frequent, so that of a one-hot column the most frequent category becomes the reference.
 */
export function keepingOrder({ present }: Standard): Int32Array {
  const measured = (input: number) => (present[input]! > 0.999 ? 0 : 1)
  return Int32Array.from(present.keys()).sort(
    (a, b) => measured(a) - measured(b) || present[a]! - present[b]! || b - a,
  )
}

/** The factor of the products; its dependent rows are inputs that follow from the others and a constant. */
export function factoriseGram(products: Float64Array, total: number, standard: Standard): Factor {
  return factorise(products, standard.mean.length, keepingOrder(standard), 1e-11 * total)
}
