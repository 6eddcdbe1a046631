/** HOT LOOP where an L1 penalty is asked for: coordinate descent over the matrix of products. */

import type { Pipeline } from '../../../shared/features/pipeline.ts'
import type { Part } from '../trainer-messages.ts'
import type { Certainty, FittedLine } from './fitted-line.ts'
import { accumulateGram, factoriseGram, type Gram } from './gram.ts'
import { fitStandard, openSparseRows, type SparseRows, type Standard } from './sparse-rows.ts'

const mostSweeps = 10_000

/**
 * Minimises `½ vᵀGv − cᵀv + Σ l1ᵢ|vᵢ| + ½ Σ l2ᵢ vᵢ²` by cyclic coordinate descent (Friedman, Hastie and Tibshirani,
 * Regularization paths for generalized linear models via coordinate descent, 2010, covariance updates).
 *
 * @returns v, and whether it settled to 1e-10 of the largest weight
 */
function descend(products: Float64Array, right: Float64Array, l1: Float64Array, l2: Float64Array) {
  const size = right.length
  const v = new Float64Array(size)
  /** c − Gv */
  const rest = right.slice()
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let moved = 0
    let largest = 0
    for (let i = 0; i < size; i++) {
      const curvature = products[i * size + i]! + l2[i]!
      if (curvature <= 0) continue
      const before = v[i]!
      const pull = rest[i]! + products[i * size + i]! * before
      const after = (Math.sign(pull) * Math.max(Math.abs(pull) - l1[i]!, 0)) / curvature
      largest = Math.max(largest, Math.abs(after))
      if (after === before) continue
      v[i] = after
      moved = Math.max(moved, Math.abs(after - before))
      const row = i * size
      for (let j = 0; j < size; j++) rest[j] = rest[j]! - (after - before) * products[row + j]!
    }
    if (moved <= 1e-10 * largest) return { v, settled: true }
  }
  return { v, settled: false }
}

/** Σ w (y − prediction)², in a pass of its own: differences of sums lose their digits when the fit is close. */
function residualSquares(rows: SparseRows, part: Part, v: Float64Array, atZero: number): number {
  let squares = 0
  rows.visit(({ first, rows: count, starts, inputs, values }) => {
    for (let r = 0; r < count; r++) {
      let error = part.target[first + r]! - atZero
      const end = starts[r + 1]!
      for (let e = starts[r]!; e < end; e++) error -= values[e]! * v[inputs[e]!]!
      squares += (part.weights ? part.weights[first + r]! : 1) * error * error
    }
  })
  return squares
}

function certaintyOf(
  gram: Gram,
  factor: ReturnType<typeof factoriseGram>,
  standard: Standard,
  squares: number,
): Certainty | string {
  const degreesOfFreedom = gram.rows - factor.kept.length - 1
  if (degreesOfFreedom < 1) {
    return `There are ${gram.rows} rows for ${factor.kept.length + 1} coefficients: none is left to tell the scatter from.`
  }
  const variance = squares / degreesOfFreedom
  const { scale, shift, mean } = standard
  const weights = factor.inverseDiagonal().map((value, i) => Math.sqrt(variance * value) / scale[i]!)
  const centre = mean.map((value, i) => value + shift[i]! / scale[i]!)
  const bias = Math.sqrt(variance * (1 / gram.total + factor.quadratic(centre)))
  return {
    weights,
    biases: Float64Array.of(bias),
    degreesOfFreedom,
    residualDeviation: Math.sqrt(variance),
  }
}

/**
 * Least squares solved outright from sums over blocks of rows: ordinary, ridge, lasso or elastic net.
 *
 * Objective: ½ mean (y − prediction)² + l1 ‖weights‖₁ + l2 / 2 ‖weights‖², means weighted, y in its own unit, weights as
 * the pipeline's inputs see them. So `l1` is scikit-learn's `alpha` of Lasso, and `l2` the `alpha` of Ridge / rows.
 */
export function fitExact(pipeline: Pipeline, part: Part, l1: number, l2: number): FittedLine {
  const { width } = pipeline
  const rowWeights = part.weights ?? null
  const standard = fitStandard(pipeline, part, rowWeights)
  const { scale, shift, mean } = standard
  const rows = openSparseRows(pipeline, part, standard)
  const gram = accumulateGram(rows, standard, part.target, rowWeights)
  const notes: string[] = []
  const penalties = scale.map((one) => (l2 * gram.total) / (one * one))
  let v: Float64Array
  let dependent: readonly number[] = []
  let certainty: Certainty | string
  const biasInside = () => gram.targetMean - mean.reduce((sum, value, i) => sum + value * v[i]!, 0)
  if (l1 > 0) {
    const descended = descend(
      gram.products,
      gram.withTarget,
      scale.map((one) => (l1 * gram.total) / one),
      penalties,
    )
    v = descended.v
    if (!descended.settled) {
      notes.push(
        `Coordinate descent had not settled after ${mostSweeps.toLocaleString('en-US')} sweeps; a larger penalty settles sooner.`,
      )
    }
    certainty =
      'An L1 penalty chooses the inputs from the same rows, so textbook standard errors do not hold.'
  } else {
    const matrix = gram.products.slice()
    for (let i = 0; i < width; i++) matrix[i * width + i] = matrix[i * width + i]! + penalties[i]!
    const factor = factoriseGram(matrix, gram.total, standard)
    v = factor.solve(gram.withTarget)
    dependent = [...factor.dependent]
    certainty = certaintyOf(gram, factor, standard, residualSquares(rows, part, v, biasInside()))
    if (l2 > 0) {
      notes.push(
        'With an L2 penalty, standard errors are those of the penalised fit (a normal prior on the weights): estimates are drawn towards zero, and p-values are a guide only.',
      )
    }
  }
  const atZero = biasInside()
  return {
    outputs: 1,
    weights: v.map((value, i) => value / scale[i]!),
    biases: Float64Array.of(atZero - v.reduce((sum, value, i) => sum + (value * shift[i]!) / scale[i]!, 0)),
    dependent,
    certainty: typeof certainty === 'string' ? null : certainty,
    withoutCertainty: typeof certainty === 'string' ? certainty : null,
    penalty: { l1, l2 },
    notes,
  }
}
