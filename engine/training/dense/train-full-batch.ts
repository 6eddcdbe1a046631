import * as tf from '@tensorflow/tfjs'
import type { DenseLayer } from '../../../shared/models/dense-model.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import { type Conditioning, chunkRows, createInputMaker } from './conditioned-inputs.ts'
import type { FitRequest, FittedLayers } from './fit-request.ts'
import { headLoss } from './head-loss.ts'
import { minimise } from './lbfgs.ts'

/** Inputs up to this size stay in the backend's memory between iterations. */
const residentBytes = 512 * 1024 * 1024

interface Chunks {
  rows: number
  /** Sums the loss over all rows; adds the gradient where asked. */
  pass(theta: Float64Array, gradient?: Float64Array): number
  dispose(): void
}

/** Products run on the tensor backend in float32; losses, residuals and sums over chunks are float64. */
function openChunks(
  request: FitRequest,
  conditioning: Conditioning,
  part: FitRequest['train'],
  task: Task,
): Chunks {
  const { pipeline, outputs } = request
  const { width } = pipeline
  const maker = createInputMaker(pipeline, conditioning)
  const resident = part.rows * width * 4 <= residentBytes
  const kept: tf.Tensor2D[] = []
  const load = (from: number, to: number) => {
    const index = from / chunkRows
    const held = kept[index]
    if (held) return held
    const inputs = tf.tensor2d(maker.range(part, from, to), [to - from, width])
    if (resident) kept[index] = tf.keep(inputs)
    return inputs
  }
  const weightCount = width * outputs
  const passOver = (from: number, theta: Float64Array, gradient: Float64Array | undefined) =>
    tf.tidy(() => {
      const to = Math.min(from + chunkRows, part.rows)
      const rows = to - from
      const inputs = load(from, to)
      const weights = tf.tensor2d(Float32Array.from(theta.subarray(0, weightCount)), [width, outputs])
      const z = Float64Array.from(tf.matMul(inputs, weights).dataSync())
      for (let r = 0, at = 0; r < rows; r++) {
        for (let o = 0; o < outputs; o++, at++) z[at] = z[at]! + theta[weightCount + o]!
      }
      if (!gradient) return headLoss(task, z, part.target, from, rows, outputs)
      const residual = new Float32Array(z.length)
      const loss = headLoss(task, z, part.target, from, rows, outputs, residual)
      const product = tf.matMul(inputs, tf.tensor2d(residual, [rows, outputs]), true, false).dataSync()
      for (let i = 0; i < weightCount; i++) gradient[i] = gradient[i]! + product[i]!
      for (let r = 0, at = 0; r < rows; r++) {
        for (let o = 0; o < outputs; o++, at++) {
          gradient[weightCount + o] = gradient[weightCount + o]! + residual[at]!
        }
      }
      return loss
    })
  return {
    rows: part.rows,
    pass(theta, gradient) {
      let loss = 0
      for (let from = 0; from < part.rows; from += chunkRows) loss += passOver(from, theta, gradient)
      return loss
    },
    dispose: () => tf.dispose(kept),
  }
}

/**
 * Fits a linear or logistic model to convergence with L-BFGS over all rows. An epoch is one iteration.
 *
 * Objective: mean loss + l2 / 2 · ‖weights‖², weights as the pipeline's inputs see them. The default l2 for
 * `logistic` is 1 / rows, which is scikit-learn's `C=1`; for `linear` 0, ordinary least squares.
 */
export function trainFullBatch(request: FitRequest, conditioning: Conditioning): FittedLayers {
  const { task, model, outputs, pipeline, train, validation } = request
  const weightCount = pipeline.width * outputs
  const l2 = model.l2 ?? (task === 'regression' ? 0 : 1 / train.rows)
  const epochs = model.epochs ?? 200
  const patience = model.patience ?? 0
  const trainChunks = openChunks(request, conditioning, train, task)
  const validationChunks = openChunks(request, conditioning, validation, task)
  let theta = new Float64Array(weightCount + outputs)
  let best = theta
  let bestLoss = Number.POSITIVE_INFINITY
  let worse = 0
  let latest = 0
  minimise({
    theta,
    maxIterations: epochs,
    gradientTolerance: 1e-6,
    lossTolerance: 1e-9,
    evaluate(at, gradient) {
      gradient.fill(0)
      latest = trainChunks.pass(at, gradient) / train.rows
      let penalty = 0
      for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! / train.rows
      for (let i = 0; i < weightCount; i++) {
        const scale = conditioning.scale[Math.floor(i / outputs)]!
        const weight = at[i]! / scale
        penalty += weight * weight
        gradient[i] = gradient[i]! + (l2 * weight) / scale
      }
      return latest + (l2 / 2) * penalty
    },
    onIteration(iteration, at) {
      const validationLoss = validation.rows > 0 ? validationChunks.pass(at) / validation.rows : null
      request.onEpoch({ epoch: iteration, loss: latest, validationLoss }, epochs)
      if (patience === 0) return true
      const watched = validationLoss ?? latest
      if (watched < bestLoss) {
        bestLoss = watched
        best = at.slice()
        worse = 0
      } else {
        worse++
      }
      return worse < patience
    },
  })
  trainChunks.dispose()
  validationChunks.dispose()
  if (patience > 0 && bestLoss < Number.POSITIVE_INFINITY) theta = best
  const layer: DenseLayer = {
    inputs: pipeline.width,
    outputs,
    kernel: Float32Array.from(theta.subarray(0, weightCount)),
    bias: Float32Array.from(theta.subarray(weightCount)),
    activation: request.headActivation,
  }
  return [layer]
}
