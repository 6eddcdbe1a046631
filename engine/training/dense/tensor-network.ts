import * as tf from '@tensorflow/tfjs'
import { assertNever } from '../../../shared/assert-never.ts'
import {
  adamBetas,
  adamEpsilon,
  fillDropMask,
  type Hidden,
  initialLayers,
  type Network,
  type NetworkSpec,
  normEpsilon,
  normMomentum,
} from './network.ts'

function activate(kind: Hidden, value: tf.Tensor2D): tf.Tensor2D {
  switch (kind) {
    case 'relu':
      return tf.relu(value)
    case 'tanh':
      return tf.tanh(value)
    case 'sigmoid':
      return tf.sigmoid(value)
    case 'elu':
      // Composed, because not every backend has a gradient kernel for elu; at zero only the second part has a slope.
      return tf.add(tf.relu(value), tf.sub(tf.exp(tf.minimum(value, 0)), 1))
    default:
      return assertNever(kind)
  }
}

/** Loss per row. */
function losses(task: NetworkSpec['task'], z: tf.Tensor2D, target: Float32Array): tf.Tensor1D {
  const none = tf.Reduction.NONE
  if (task === 'multiclass') {
    const classes = tf.oneHot(tf.tensor1d(Int32Array.from(target), 'int32'), z.shape[1])
    return tf.losses.softmaxCrossEntropy(classes, z, undefined, 0, none)
  }
  const column = tf.tensor2d(target, [target.length, 1])
  if (task === 'binary') return tf.reshape(tf.losses.sigmoidCrossEntropy(column, z, undefined, 0, none), [-1])
  return tf.reshape(tf.mul(0.5, tf.squaredDifference(column, z)), [-1])
}

interface Normed {
  gamma: tf.Variable
  mean: Float32Array
  variance: Float32Array
}

/** A network on tfjs, whose gradients it takes; on whichever backend was started. */
export function createTensorNetwork(spec: NetworkSpec): Network {
  const stride = spec.sizes[0]!
  const inputs = new Float32Array(spec.capacity * stride)
  const layers = initialLayers(spec).map(({ kernel, bias, norm, ...size }) => ({
    ...size,
    kernel: tf.variable(tf.tensor2d(kernel, [size.inputs, size.outputs])) as tf.Variable<tf.Rank.R2>,
    bias: tf.variable(tf.tensor1d(bias)),
    norm: norm && ({ ...norm, gamma: tf.variable(tf.tensor1d(norm.gamma)) } satisfies Normed),
  }))
  const variables = layers.flatMap(({ kernel, bias, norm }): tf.Variable[] =>
    norm ? [kernel, bias, norm.gamma] : [kernel, bias],
  )
  const kernels = new Set<tf.Variable>(layers.map((layer) => layer.kernel))
  const moments = variables.map((variable) =>
    (spec.optimizer === 'adam' ? [0, 1] : [0]).map(() => tf.variable(tf.zerosLike(variable), false)),
  )
  let steps = 0

  const normalise = (norm: Normed, value: tf.Tensor2D, training: boolean): tf.Tensor2D => {
    if (!training) {
      const scale = tf.rsqrt(tf.add(tf.tensor1d(norm.variance), normEpsilon))
      return tf.mul(tf.mul(tf.sub(value, tf.tensor1d(norm.mean)), scale), norm.gamma)
    }
    const rows = value.shape[0]
    const mean = tf.mean(value, 0)
    const centred = tf.sub(value, mean)
    const variance = tf.mean(tf.square(centred), 0)
    const [seenMean, seenVariance] = [mean.dataSync(), variance.dataSync()]
    const unbiased = rows > 1 ? rows / (rows - 1) : 1
    for (let o = 0; o < seenMean.length; o++) {
      norm.mean[o] = norm.mean[o]! + normMomentum * (seenMean[o]! - norm.mean[o]!)
      norm.variance[o] = norm.variance[o]! + normMomentum * (seenVariance[o]! * unbiased - norm.variance[o]!)
    }
    return tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, normEpsilon))), norm.gamma)
  }
  const forward = (rows: number, training: boolean): tf.Tensor2D => {
    let value = tf.tensor2d(inputs.slice(0, rows * stride), [rows, stride])
    for (const [l, { kernel, bias, norm, outputs }] of layers.entries()) {
      const product = tf.matMul(value, kernel) as tf.Tensor2D
      value = tf.add(norm ? normalise(norm, product, training) : product, bias)
      if (l === layers.length - 1) break
      value = activate(spec.activation, value)
      if (!training || spec.dropout === 0) continue
      const mask = new Float32Array(rows * outputs)
      fillDropMask(mask, rows, outputs, outputs, spec.dropout, spec.random)
      value = tf.mul(value, tf.tensor2d(mask, [rows, outputs]))
    }
    return value
  }
  /** The summed loss, and the gradients of the mean loss plus penalty, which the caller disposes of. */
  const backward = (rows: number, target: Float64Array, weights: Float64Array | null) => {
    let loss = 0
    const { value, grads } = tf.variableGrads(() => {
      const each = losses(spec.task, forward(rows, true), Float32Array.from(target.subarray(0, rows)))
      const weighed = weights ? tf.mul(each, tf.tensor1d(Float32Array.from(weights.subarray(0, rows)))) : each
      const sum = tf.sum(weighed)
      loss = sum.dataSync()[0]!
      let total = tf.div(sum, rows)
      if (spec.l2 > 0) {
        for (const { kernel } of layers) {
          total = tf.add(total, tf.mul(spec.l2 / 2, tf.sum(tf.square(kernel))))
        }
      }
      return total as tf.Scalar
    }, variables)
    value.dispose()
    return { loss, slopes: variables.map((variable) => grads[variable.name]!) }
  }
  const update = (variable: tf.Variable, slope: tf.Tensor, held: readonly tf.Variable[], rate: number) => {
    const [first, second] = held
    if (!first) return
    if (!second) {
      first.assign(tf.add(tf.mul(first, spec.momentum), slope))
      variable.assign(tf.sub(variable, tf.mul(first, rate)))
      return
    }
    const [beta1, beta2] = adamBetas
    first.assign(tf.add(tf.mul(first, beta1), tf.mul(slope, 1 - beta1)))
    second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(slope), 1 - beta2)))
    const correction = Math.sqrt(1 - beta2 ** steps)
    const pace = (rate * correction) / (1 - beta1 ** steps)
    const change = tf.div(tf.mul(first, pace), tf.add(tf.sqrt(second), adamEpsilon * correction))
    variable.assign(tf.sub(variable, change))
  }
  const numbersOf = (tensor: tf.Tensor) => Float32Array.from(tensor.dataSync())
  return {
    inputs,
    stride,
    step(rows, target, weights, rate) {
      return tf.tidy(() => {
        const { loss, slopes } = backward(rows, target, weights)
        steps++
        for (const [v, variable] of variables.entries()) update(variable, slopes[v]!, moments[v]!, rate)
        return loss
      })
    },
    predict: (rows) => Float64Array.from(tf.tidy(() => numbersOf(forward(rows, false)))),
    gradients(rows, target, weights) {
      const { loss, slopes } = backward(rows, target, weights)
      const found = slopes.map(numbersOf)
      tf.dispose(slopes)
      const of = (variable: tf.Variable) => found[variables.indexOf(variable)]!
      return {
        loss,
        layers: layers.map(({ kernel, bias, norm }) => ({
          kernel: of(kernel),
          bias: of(bias),
          gamma: norm ? of(norm.gamma) : null,
        })),
      }
    },
    state: () =>
      layers.map(({ inputs: size, outputs, kernel, bias, norm }) => ({
        inputs: size,
        outputs,
        kernel: numbersOf(kernel),
        bias: numbersOf(bias),
        norm: norm && {
          gamma: numbersOf(norm.gamma),
          mean: norm.mean.slice(),
          variance: norm.variance.slice(),
        },
      })),
    dispose() {
      tf.dispose([...kernels, ...variables, ...moments.flat()])
    },
  }
}
