import * as tf from '@tensorflow/tfjs'
import { assertNever } from '../../../shared/assert-never.ts'
import { Failure } from '../../../shared/failure.ts'
import type { DenseModelSpec } from '../../../shared/models/dense-spec.ts'
import { type Random, seededRandom, shuffle } from '../seeded-random.ts'
import { type Conditioning, chunkRows, createInputMaker } from './conditioned-inputs.ts'
import type { FitRequest, FittedLayers } from './fit-request.ts'
import { headLoss } from './head-loss.ts'

type Hidden = 'relu' | 'tanh' | 'sigmoid' | 'elu'

interface Settings {
  layers: number[]
  activation: Hidden
  dropout: number
  epochs: number
  batchSize: number
  learningRate: number
  l2: number
  patience: number
}

/** Batches grow with the data, so that an epoch has about fifty of them, within what Adam takes well. */
function defaultBatchSize(rows: number): number {
  const fiftieth = 2 ** Math.round(Math.log2(Math.max(rows / 50, 1)))
  return Math.min(Math.max(fiftieth, 32), 1024)
}

function settingsOf(model: DenseModelSpec, rows: number): Settings {
  const isMlp = model.kind === 'mlp'
  return {
    layers: isMlp ? (model.layers ?? [64, 32]) : [],
    activation: isMlp ? (model.activation ?? 'relu') : 'relu',
    dropout: isMlp ? (model.dropout ?? 0) : 0,
    epochs: model.epochs ?? 100,
    batchSize: Math.min(model.batchSize ?? defaultBatchSize(rows), rows),
    learningRate: model.learningRate ?? (isMlp ? 0.001 : 0.01),
    l2: model.l2 ?? 1e-4,
    patience: model.patience ?? 10,
  }
}

function activate(kind: Hidden, value: tf.Tensor2D): tf.Tensor2D {
  switch (kind) {
    case 'relu':
      return tf.relu(value)
    case 'tanh':
      return tf.tanh(value)
    case 'sigmoid':
      return tf.sigmoid(value)
    case 'elu':
      // Composed, because not every backend has a gradient kernel for elu.
      return tf.add(tf.relu(value), tf.sub(tf.exp(tf.neg(tf.relu(tf.neg(value)))), 1))
    default:
      return assertNever(kind)
  }
}

interface Weights {
  kernel: tf.Variable<tf.Rank.R2>
  bias: tf.Variable<tf.Rank.R1>
  inputs: number
  outputs: number
}

/** Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010); biases zero. */
function initialise(sizes: readonly number[], random: Random): Weights[] {
  return sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l]!
    const limit = Math.sqrt(6 / (inputs + outputs))
    const kernel = Float32Array.from({ length: inputs * outputs }, () => limit * (2 * random() - 1))
    return {
      kernel: tf.variable(tf.tensor2d(kernel, [inputs, outputs])),
      bias: tf.variable(tf.zeros([outputs]) as tf.Tensor1D),
      inputs,
      outputs,
    }
  })
}

function meanLoss(request: FitRequest, z: tf.Tensor2D, target: Float32Array): tf.Scalar {
  const { task, outputs } = request
  if (task === 'multiclass') {
    const classes = tf.oneHot(tf.tensor1d(Int32Array.from(target), 'int32'), outputs)
    return tf.losses.softmaxCrossEntropy(classes, z) as tf.Scalar
  }
  const column = tf.tensor2d(target, [target.length, 1])
  if (task === 'binary') return tf.losses.sigmoidCrossEntropy(column, z) as tf.Scalar
  return tf.mul(0.5, tf.losses.meanSquaredError(column, z)) as tf.Scalar
}

/**
 * Trains by Adam on shuffled minibatches, stopping when the validation loss (or, without validation rows, the
 * training loss) has not improved for `patience` epochs, and restores the best epoch's weights.
 *
 * @throws Failure `failed` when the loss is no longer finite
 */
export function trainMinibatch(request: FitRequest, conditioning: Conditioning): FittedLayers {
  const { pipeline, outputs, train, validation } = request
  const settings = settingsOf(request.model, train.rows)
  const random = seededRandom(request.seed)
  const weights = initialise([pipeline.width, ...settings.layers, outputs], random)
  const variables = weights.flatMap(({ kernel, bias }): tf.Variable[] => [kernel, bias])
  const optimizer = tf.train.adam(settings.learningRate)
  const maker = createInputMaker(pipeline, conditioning)
  const order = Int32Array.from({ length: train.rows }, (_, i) => i)

  const dropMask = (rows: number, units: number) =>
    tf.tensor2d(
      Float32Array.from({ length: rows * units }, () =>
        random() < settings.dropout ? 0 : 1 / (1 - settings.dropout),
      ),
      [rows, units],
    )
  const forward = (inputs: tf.Tensor2D, masks: readonly tf.Tensor2D[]): tf.Tensor2D => {
    let value = inputs
    for (const [l, { kernel, bias }] of weights.entries()) {
      value = tf.add(tf.matMul(value, kernel), bias)
      if (l === weights.length - 1) break
      value = activate(settings.activation, value)
      const mask = masks[l]
      if (mask) value = tf.mul(value, mask)
    }
    return value
  }
  const step = (from: number, to: number): number =>
    tf.tidy(() => {
      const rows = to - from
      const inputs = tf.tensor2d(maker.picked(train, order, from, to), [rows, pipeline.width])
      const target = Float32Array.from({ length: rows }, (_, i) => train.target[order[from + i]!]!)
      const masks = settings.dropout > 0 ? settings.layers.map((units) => dropMask(rows, units)) : []
      let plain = 0
      optimizer.minimize(
        () => {
          const loss = meanLoss(request, forward(inputs, masks), target)
          plain = loss.dataSync()[0]!
          let total: tf.Tensor = loss
          if (settings.l2 > 0) {
            for (const { kernel } of weights) {
              total = tf.add(total, tf.mul(settings.l2 / 2, tf.sum(tf.square(kernel))))
            }
          }
          return total as tf.Scalar
        },
        false,
        variables,
      )
      return plain
    })
  const validate = (): number => {
    let sum = 0
    for (let from = 0; from < validation.rows; from += chunkRows) {
      const to = Math.min(from + chunkRows, validation.rows)
      sum += tf.tidy(() => {
        const inputs = tf.tensor2d(maker.range(validation, from, to), [to - from, pipeline.width])
        const z = forward(inputs, []).dataSync()
        return headLoss(request.task, z, validation.target, from, to - from, outputs)
      })
    }
    return sum / validation.rows
  }

  const snapshot = () => variables.map((variable) => Float32Array.from(variable.dataSync()))
  let best = snapshot()
  let bestLoss = Number.POSITIVE_INFINITY
  let worse = 0
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    shuffle(order, random)
    let sum = 0
    for (let from = 0; from < train.rows; from += settings.batchSize) {
      const to = Math.min(from + settings.batchSize, train.rows)
      sum += step(from, to) * (to - from)
    }
    const loss = sum / train.rows
    const validationLoss = validation.rows > 0 ? validate() : null
    const watched = validationLoss ?? loss
    if (!Number.isFinite(loss) || !Number.isFinite(watched)) {
      throw new Failure(
        'failed',
        `Training diverged in epoch ${epoch}: the loss is no longer a finite number.`,
        `Use a smaller "learningRate" than ${settings.learningRate}, or scale the numeric features.`,
        'model.learningRate',
      )
    }
    request.onEpoch({ epoch, loss, validationLoss }, settings.epochs)
    if (watched < bestLoss) {
      bestLoss = watched
      best = snapshot()
      worse = 0
    } else if (settings.patience > 0 && ++worse >= settings.patience) break
  }
  const final = settings.patience > 0 ? best : snapshot()
  tf.dispose(variables)
  optimizer.dispose()
  return weights.map(({ inputs, outputs: units }, l) => ({
    inputs,
    outputs: units,
    kernel: final[2 * l]!,
    bias: final[2 * l + 1]!,
    activation: l === weights.length - 1 ? request.headActivation : settings.activation,
  }))
}
