/** Our kernel trains the network that tfjs trains, with the gradient the numbers themselves show. */
import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createDenseScorer } from '../../../shared/models/dense-scorer.ts'
import { seededRandom } from '../seeded-random.ts'
import { headLoss } from './head-loss.ts'
import { createKernelNetwork } from './kernel-network.ts'
import { foldNetwork, type Network, type NetworkSpec } from './network.ts'
import { createTensorNetwork } from './tensor-network.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const tasks = ['binary', 'multiclass', 'regression'] as const
const rows = 13

function outputsOf(task: NetworkSpec['task']): number {
  return task === 'multiclass' ? 3 : 1
}

function specOf(more: Partial<NetworkSpec> & Pick<NetworkSpec, 'task'>, seed = 3): NetworkSpec {
  return {
    sizes: [5, 9, 4, outputsOf(more.task)],
    activation: 'tanh',
    dropout: 0,
    batchNorm: false,
    optimizer: 'adam',
    momentum: 0.9,
    l2: 0.01,
    capacity: rows,
    random: seededRandom(seed),
    ...more,
  }
}

/** Fills the batch; answers its targets and weights. */
function fill(network: Network, task: NetworkSpec['task'], seed: number) {
  const random = seededRandom(seed)
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < 5; i++) network.inputs[r * network.stride + i] = random() < 0.3 ? 0 : 2 * random() - 1
  }
  const target = Float64Array.from({ length: rows }, () =>
    task === 'regression' ? random() : Math.floor(random() * (task === 'binary' ? 2 : 3)),
  )
  return { target, weights: Float64Array.from({ length: rows }, () => (random() < 0.2 ? 0 : 2 * random())) }
}

const specs = fc.record({
  task: fc.constantFrom(...tasks),
  activation: fc.constantFrom('relu' as const, 'tanh' as const, 'sigmoid' as const, 'elu' as const),
  dropout: fc.constantFrom(0, 0.3),
  batchNorm: fc.boolean(),
  optimizer: fc.constantFrom('adam' as const, 'sgd' as const),
  momentum: fc.constantFrom(0, 0.9),
  weighted: fc.boolean(),
  seed: fc.integer({ min: 0, max: 1e6 }),
})

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, within: number) {
  expect(found.length).toBe(expected.length)
  const size = Math.max(1e-3, ...Array.from(expected, Math.abs))
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs((found[i] ?? Number.NaN) - (expected[i] ?? 0))).toBeLessThanOrEqual(within * size)
  }
}

test('gradients and steps are tfjs’s, whatever the network', () => {
  fc.assert(
    fc.property(specs, ({ weighted, seed, ...spec }) => {
      const ours = createKernelNetwork(specOf(spec, seed))
      const theirs = createTensorNetwork(specOf(spec, seed))
      const batch = fill(ours, spec.task, seed)
      fill(theirs, spec.task, seed)
      const weights = weighted ? batch.weights : null
      const [found, expected] = [ours, theirs].map((network) =>
        network.gradients(rows, batch.target, weights),
      )
      expectClose([found?.loss ?? 0], [expected?.loss ?? 1], 1e-5)
      for (const [l, layer] of expected?.layers.entries() ?? []) {
        expectClose(found?.layers[l]?.kernel ?? [], layer.kernel, 2e-4)
        expectClose(found?.layers[l]?.bias ?? [], layer.bias, 2e-4)
        expectClose(found?.layers[l]?.gamma ?? [], layer.gamma ?? [], 2e-4)
      }
      for (let step = 0; step < 3; step++) {
        for (const network of [ours, theirs]) network.step(rows, batch.target, weights, 0.01)
      }
      expectClose(ours.predict(rows), theirs.predict(rows), spec.optimizer === 'adam' ? 2e-2 : 1e-3)
      theirs.dispose()
    }),
    { numRuns: 40 },
  )
})

test('the gradient is what small changes of the loss show', () => {
  for (const task of tasks) {
    for (const batchNorm of [false, true]) {
      const network = createKernelNetwork(specOf({ task, batchNorm, optimizer: 'sgd', momentum: 0 }))
      const { target, weights } = fill(network, task, 11)
      const { layers } = network.gradients(rows, target, weights)
      const objective = () => {
        const { loss } = network.gradients(rows, target, weights)
        const penalty = network
          .state()
          .flatMap(({ kernel }) => [...kernel])
          .reduce((sum, w) => sum + w * w, 0)
        return loss / rows + 0.005 * penalty
      }
      // A step of plain descent moves along the gradient: the loss falls by rate × its square.
      const before = objective()
      const square = layers
        .flatMap(({ kernel, bias, gamma }) => [...kernel, ...bias, ...(gamma ?? [])])
        .reduce((sum, slope) => sum + slope * slope, 0)
      const rate = 0.001 / Math.sqrt(square)
      network.step(rows, target, weights, rate)
      expect((before - objective()) / (rate * square)).toBeCloseTo(1, 1)
    }
  }
})

test('a weight of two counts as the row twice', () => {
  for (const create of [createKernelNetwork, createTensorNetwork]) {
    const make = () => create(specOf({ task: 'binary', capacity: 4, l2: 0 }))
    const [weighed, twice] = [make(), make()]
    const inputs = [0.5, -1, 0, 2, 1, -0.2, 0.3, 1, 0, -1]
    const lay = (network: Network, picked: readonly number[]) => {
      for (const [r, row] of picked.entries()) {
        network.inputs.set(inputs.slice(row * 5, row * 5 + 5), r * network.stride)
      }
    }
    lay(weighed, [0, 1])
    lay(twice, [0, 0, 1])
    const found = weighed.gradients(2, Float64Array.of(1, 0), Float64Array.of(2, 1))
    const expected = twice.gradients(3, Float64Array.of(1, 1, 0), null)
    expect(found.loss).toBeCloseTo(expected.loss, 5)
    expectClose(
      found.layers[0]?.kernel.map((value) => value * 2) ?? [],
      expected.layers[0]?.kernel.map((value) => value * 3) ?? [],
      1e-4,
    )
  }
})

test('batch normalisation folded into dense layers predicts what tfjs’s own layers do', async () => {
  const network = createKernelNetwork(specOf({ task: 'multiclass', batchNorm: true, activation: 'elu' }))
  const { target } = fill(network, 'multiclass', 5)
  for (let step = 0; step < 30; step++) network.step(rows, target, null, 0.01)
  const state = network.state()
  const layers = state.flatMap(({ inputs, outputs, kernel, bias, norm }, l) => {
    const isHead = l === state.length - 1
    const weights = [tf.tensor2d(kernel, [inputs, outputs]), ...(norm ? [] : [tf.tensor1d(bias)])]
    const dense = tf.layers.dense({ inputShape: [inputs], units: outputs, useBias: !norm, weights })
    if (!norm) return isHead ? [dense, tf.layers.activation({ activation: 'softmax' })] : [dense]
    const normalised = tf.layers.batchNormalization({
      epsilon: 1e-5,
      weights: [norm.gamma, bias, norm.mean, norm.variance].map((values) => tf.tensor1d(values)),
    })
    return [dense, normalised, tf.layers.activation({ activation: 'elu' })]
  })
  const model = tf.sequential({ layers })
  const inputs = Float32Array.from(
    { length: rows * 5 },
    (_, i) => network.inputs[Math.floor(i / 5) * network.stride + (i % 5)] ?? 0,
  )
  const expected = (model.predict(tf.tensor2d(inputs, [rows, 5])) as tf.Tensor).dataSync()
  const folded = createDenseScorer({ layers: foldNetwork(state, 'elu', 'softmax') })
  const found = new Float64Array(rows * 3)
  folded.score(inputs, rows, found)
  expectClose(found, expected, 1e-5)
  // What is watched while training is what will be served.
  const z = network.predict(rows)
  expect(headLoss('multiclass', z, target, 0, rows, 3)).toBeCloseTo(
    target.reduce((sum, label, r) => sum - Math.log(found[r * 3 + label] ?? 0), 0),
    3,
  )
})
