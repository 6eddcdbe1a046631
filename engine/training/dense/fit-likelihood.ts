/** HOT LOOP: every iteration goes over all rows (benchmark: bench/mlp.ts). */
import type { Epoch } from '../../../shared/catalog/version.ts'
import type { Pipeline } from '../../../shared/features/pipeline.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import { totalWeight } from '../row-weights.ts'
import type { Part } from '../trainer-messages.ts'
import type { FittedLine } from './fitted-line.ts'
import { accumulateGram, factoriseGram, mostGramInputs } from './gram.ts'
import { headLoss } from './head-loss.ts'
import { informationAt } from './information.ts'
import { minimise } from './lbfgs.ts'
import { minimiseSparse } from './owl-qn.ts'
import { fitStandard, openSparseRows, type SparseRows } from './sparse-rows.ts'

export interface LikelihoodRequest {
  task: Task
  pipeline: Pipeline
  outputs: number
  train: Part
  validation: Part
  l1: number
  l2: number
  epochs: number
  /** Iterations without a better validation loss before it stops; 0 never. */
  patience: number
  onEpoch(epoch: Epoch, epochs: number): void
}

/** Sums the loss over all rows; adds its gradient where asked. Parameters: `[inputs][outputs]` weights, then biases. */
export type Pass = (theta: Float64Array, gradient?: Float64Array) => number

export function openPass(task: Task, rows: SparseRows, part: Part, outputs: number): Pass {
  const weightCount = rows.width * outputs
  const { target, weights = null } = part
  let z = new Float64Array(0)
  let residual = new Float64Array(0)
  return (theta, gradient) => {
    let loss = 0
    rows.visit(({ first, rows: count, starts, inputs, values }) => {
      if (z.length < count * outputs) {
        z = new Float64Array(count * outputs)
        residual = new Float64Array(count * outputs)
      }
      for (let r = 0; r < count; r++) {
        const end = starts[r + 1]!
        for (let o = 0; o < outputs; o++) {
          let sum = theta[weightCount + o]!
          for (let e = starts[r]!; e < end; e++) sum += values[e]! * theta[inputs[e]! * outputs + o]!
          z[r * outputs + o] = sum
        }
      }
      loss += headLoss(task, z, target, first, count, outputs, gradient ? residual : null, weights)
      if (!gradient) return
      for (let r = 0; r < count; r++) {
        const end = starts[r + 1]!
        for (let o = 0; o < outputs; o++) {
          const slope = residual[r * outputs + o]!
          gradient[weightCount + o] = gradient[weightCount + o]! + slope
          for (let e = starts[r]!; e < end; e++) {
            const at = inputs[e]! * outputs + o
            gradient[at] = gradient[at]! + slope * values[e]!
          }
        }
      }
    })
    return loss
  }
}

/**
 * Fits a linear or logistic model to convergence over all rows, by L-BFGS, or by its orthant-wise form where there is
 * an L1 penalty. An epoch is one iteration.
 *
 * Objective: mean loss + l1 ‖weights‖₁ + l2 / 2 ‖weights‖², the mean weighted, weights as the pipeline's inputs see them.
 * scikit-learn's `C` is 1 / (l2 · rows), with L1 1 / (l1 · rows).
 */
export function fitLikelihood(request: LikelihoodRequest): FittedLine {
  const { task, pipeline, outputs, train, validation, l1, l2, epochs, patience } = request
  const { width } = pipeline
  const standard = fitStandard(pipeline, train, train.weights ?? null)
  const { scale, shift } = standard
  const rows = openSparseRows(pipeline, train, standard)
  const watched = openSparseRows(pipeline, validation, standard)
  const total = totalWeight(train)
  const weightCount = width * outputs
  // Without a penalty, inputs that follow from others would leave the minimum a line and not a point.
  const dependent =
    l1 === 0 && l2 === 0 && width <= mostGramInputs
      ? [
          ...factoriseGram(
            accumulateGram(rows, standard, train.target, train.weights ?? null).products,
            total,
            standard,
          ).dependent,
        ]
      : []
  const pass = openPass(task, rows, train, outputs)
  const validate = openPass(task, watched, validation, outputs)
  const watchedTotal = totalWeight(validation)
  const theta = new Float64Array(weightCount + outputs)
  let best: Float64Array | null = null
  let bestLoss = Number.POSITIVE_INFINITY
  let worse = 0
  let latest = 0
  let iterations = 0
  let stopped = false
  const penalties = Float64Array.from(
    { length: weightCount },
    (_, i) => l2 / scale[Math.floor(i / outputs)]! ** 2,
  )
  const problem = {
    theta,
    maxIterations: epochs,
    gradientTolerance: 1e-8,
    lossTolerance: 1e-12,
    evaluate(at: Float64Array, gradient: Float64Array) {
      gradient.fill(0)
      latest = pass(at, gradient) / total
      let penalty = 0
      for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! / total
      for (let i = 0; i < weightCount; i++) {
        penalty += penalties[i]! * at[i]! * at[i]!
        gradient[i] = gradient[i]! + penalties[i]! * at[i]!
      }
      for (const input of dependent) gradient.fill(0, input * outputs, (input + 1) * outputs)
      return latest + penalty / 2
    },
    onIteration(iteration: number, at: Float64Array) {
      iterations = iteration
      const validationLoss = watchedTotal > 0 ? validate(at) / watchedTotal : null
      request.onEpoch({ epoch: iteration, loss: latest, validationLoss }, epochs)
      if (patience === 0) return true
      const seen = validationLoss ?? latest
      if (seen < bestLoss) {
        bestLoss = seen
        best = at.slice()
        worse = 0
      } else worse++
      stopped = worse >= patience
      return !stopped
    },
  }
  if (l1 > 0) {
    const kinks = Float64Array.from(theta, (_, i) =>
      i < weightCount ? l1 / scale[Math.floor(i / outputs)]! : 0,
    )
    minimiseSparse(problem, kinks)
  } else minimise(problem)
  if (stopped && best) theta.set(best)
  const notes: string[] = []
  if (iterations === epochs) {
    notes.push(
      `The fit had not settled after ${epochs.toLocaleString('en-US')} iterations; more "epochs" or a larger penalty let it.`,
    )
  }
  const informed =
    l1 > 0
      ? 'An L1 penalty chooses the inputs from the same rows, so textbook standard errors do not hold.'
      : stopped
        ? 'Training was stopped early, before the likelihood reached its maximum.'
        : task === 'regression'
          ? 'The fit is by iterations, which keep no matrix to take standard errors from.'
          : informationAt({
              task,
              rows,
              part: train,
              outputs,
              theta,
              standard,
              penalties,
              total,
              dependent,
              pass,
            })
  if (l2 > 0 && typeof informed !== 'string') {
    notes.push(
      'With an L2 penalty, standard errors are those of the penalised likelihood (a normal prior on the weights): estimates are drawn towards zero, and p-values are a guide only.',
    )
  }
  const weights = theta.slice(0, weightCount)
  const biases = theta.slice(weightCount)
  for (let i = 0; i < width; i++) {
    for (let o = 0; o < outputs; o++) {
      const weight = weights[i * outputs + o]! / scale[i]!
      weights[i * outputs + o] = weight
      biases[o] = biases[o]! - weight * shift[i]!
    }
  }
  // A constant added to every class's bias changes no prediction.
  if (outputs > 1) {
    const level = biases.reduce((sum, bias) => sum + bias / outputs, 0)
    for (let o = 0; o < outputs; o++) biases[o] = biases[o]! - level
  }
  return {
    outputs,
    weights,
    biases,
    dependent,
    certainty: typeof informed === 'string' ? null : informed,
    withoutCertainty: typeof informed === 'string' ? informed : null,
    penalty: { l1, l2 },
    notes,
  }
}
