/** HOT LOOP: products of all pairs of inputs and classes over all rows, once. */
import type { Task } from '../../../shared/signature/signature.ts'
import type { Part } from '../trainer-messages.ts'
import { factorise } from './cholesky.ts'
import type { Pass } from './fit-likelihood.ts'
import type { Certainty } from './fitted-line.ts'
import type { SparseRows, Standard } from './sparse-rows.ts'

/** With more coefficients the information takes over 32 MB and its factor minutes. */
const mostCoefficients = 2000

interface AtMaximum {
  task: Task
  rows: SparseRows
  part: Part
  outputs: number
  /** Overwritten with one Newton step from there. */
  theta: Float64Array
  standard: Standard
  /** Of the mean loss, per weight. */
  penalties: Float64Array
  total: number
  dependent: readonly number[]
  pass: Pass
}

/** p(1 − p) for two classes, diag(p) − ppᵀ for more, times the row's weight. */
function curvatureOf(z: Float64Array, outputs: number, weight: number, into: Float64Array): void {
  if (outputs === 1) {
    const small = Math.exp(-Math.abs(z[0]!))
    into[0] = (weight * small) / (1 + small) ** 2
    return
  }
  const largest = Math.max(...z)
  let sum = 0
  for (let k = 0; k < outputs; k++) sum += Math.exp(z[k]! - largest)
  for (let k = 0; k < outputs; k++) {
    const p = Math.exp(z[k]! - largest) / sum
    for (let l = 0; l < outputs; l++) {
      const q = Math.exp(z[l]! - largest) / sum
      into[k * outputs + l] = weight * (k === l ? p - p * q : -p * q)
    }
  }
}

/** Σ w · curvature ⊗ x xᵀ, where x ends with a 1 for the bias; parameters as in `theta`. */
function observedInformation({ rows, part, outputs, theta }: AtMaximum): Float64Array {
  const { width } = rows
  const size = theta.length
  const information = new Float64Array(size * size)
  const z = new Float64Array(outputs)
  const curvature = new Float64Array(outputs * outputs)
  const bias = width * outputs
  rows.visit(({ first, rows: count, starts, inputs, values }) => {
    for (let r = 0; r < count; r++) {
      const weight = part.weights ? part.weights[first + r]! : 1
      if (weight === 0) continue
      const start = starts[r]!
      const end = starts[r + 1]!
      for (let o = 0; o < outputs; o++) {
        let sum = theta[bias + o]!
        for (let e = start; e < end; e++) sum += values[e]! * theta[inputs[e]! * outputs + o]!
        z[o] = sum
      }
      curvatureOf(z, outputs, weight, curvature)
      for (let a = start; a <= end; a++) {
        const rowOf = a === end ? bias : inputs[a]! * outputs
        const value = a === end ? 1 : values[a]!
        for (let b = a; b <= end; b++) {
          const columnOf = b === end ? bias : inputs[b]! * outputs
          const product = value * (b === end ? 1 : values[b]!)
          for (let k = 0; k < outputs; k++) {
            const at = (rowOf + k) * size + columnOf
            for (let l = 0; l < outputs; l++) {
              information[at + l] = information[at + l]! + product * curvature[k * outputs + l]!
            }
          }
        }
      }
    }
  })
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) information[i * size + j] = information[j * size + i]!
  return information
}

/**
 * Standard errors of a logistic model: the diagonal of the inverse observed information, penalty included. On the way
 * it takes one Newton step, which brings the coefficients to the last digits.
 *
 * With several classes, adding a constant to a coefficient of every class changes nothing; errors are those of the
 * coefficients that sum to zero over the classes.
 */
export function informationAt(at: AtMaximum): Certainty | string {
  const { rows, outputs, theta, standard, penalties, total, dependent, pass } = at
  const size = theta.length
  const weightCount = rows.width * outputs
  if (size > mostCoefficients) {
    return `There are ${size.toLocaleString('en-US')} coefficients; standard errors are worked out for up to ${mostCoefficients.toLocaleString('en-US')}.`
  }
  const information = observedInformation(at)
  for (let i = 0; i < weightCount; i++) {
    information[i * size + i] = information[i * size + i]! + penalties[i]! * total
  }
  // The direction that changes nothing gets a curvature of its own; no contrast has a part in it.
  const free = (i: number) => outputs > 1 && (i >= weightCount || penalties[i] === 0)
  for (let i = 0; i < size; i += outputs) {
    if (!free(i)) continue
    for (let k = 0; k < outputs; k++) {
      for (let l = 0; l < outputs; l++) {
        const entry = (i + k) * size + i + l
        information[entry] = information[entry]! + total
      }
    }
  }
  const left = new Set(
    dependent.flatMap((input) => Array.from({ length: outputs }, (_, k) => input * outputs + k)),
  )
  const order = Int32Array.from(theta.keys()).filter((i) => !left.has(i))
  const factor = factorise(information, size, order)
  if (factor.dependent.length > 0) {
    return 'The information matrix is singular: the classes are told apart perfectly, or an input follows from the others.'
  }
  const gradient = new Float64Array(size)
  pass(theta, gradient)
  for (let i = 0; i < weightCount; i++) gradient[i] = gradient[i]! + penalties[i]! * total * theta[i]!
  const step = factor.solve(gradient)
  for (let i = 0; i < size; i++) theta[i] = theta[i]! - step[i]!
  const { scale, shift } = standard
  const effect = new Float64Array(size)
  /** Adds `times` of a coefficient, as it differs from the mean of its classes. */
  const contrast = (base: number, output: number, times: number) => {
    for (let k = 0; k < outputs; k++) {
      if (left.has(base + k)) continue
      const share = outputs === 1 ? 1 : (k === output ? 1 : 0) - 1 / outputs
      effect[base + k] = effect[base + k]! + times * share
    }
  }
  const weights = new Float64Array(weightCount).fill(Number.NaN)
  const biases = new Float64Array(outputs)
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < rows.width; i++) {
      if (left.has(i * outputs + o)) continue
      effect.fill(0)
      contrast(i * outputs, o, 1 / scale[i]!)
      weights[i * outputs + o] = Math.sqrt(factor.quadratic(effect))
    }
    effect.fill(0)
    contrast(weightCount, o, 1)
    for (let i = 0; i < rows.width; i++) contrast(i * outputs, o, -shift[i]! / scale[i]!)
    biases[o] = Math.sqrt(factor.quadratic(effect))
  }
  return { weights, biases, degreesOfFreedom: null, residualDeviation: null }
}
