/** Every parameter out of range is named by its path, with what was expected. */
import { describe, expect, test } from 'vitest'
import { decode } from '../decode.ts'
import { Failure } from '../failure.ts'
import { modelSpecSchema } from './model-spec.ts'

function refusal(model: object): string {
  try {
    decode(modelSpecSchema, model, 'model')
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
  return 'accepted'
}

describe('a linear, logistic or mlp model names the parameter that is out of range', () => {
  const mlp = { kind: 'mlp' }
  const logistic = { kind: 'logistic' }
  test.each<[object, RegExp]>([
    [{ ...mlp, epochs: 0 }, /epochs: .*>=1/],
    [{ ...mlp, batchSize: 0.5 }, /batchSize: .*int/],
    [{ ...mlp, learningRate: 0 }, /learningRate: .*>0/],
    [{ ...mlp, learningRate: 11 }, /learningRate: .*<=10/],
    [{ ...mlp, l2: -1 }, /l2: .*>=0/],
    [{ ...mlp, patience: -1 }, /patience: .*>=0/],
    [{ ...mlp, dropout: 1 }, /dropout: .*<=0.9/],
    [{ ...mlp, layers: [] }, /layers: /],
    [{ ...mlp, layers: [64, 0] }, /layers\[1\]: .*>=1/],
    [{ ...mlp, layers: [5000] }, /layers\[0\]: .*<=4096/],
    [{ ...mlp, activation: 'gelu' }, /activation: .*relu/],
    [{ ...mlp, batchNorm: 'yes' }, /batchNorm: .*boolean/],
    [{ ...mlp, optimizer: 'rmsprop' }, /optimizer: .*adam.*sgd/],
    [{ ...mlp, optimizer: 'sgd', momentum: 1 }, /momentum: .*<1/],
    [{ ...mlp, momentum: 0.5 }, /momentum: "momentum" belongs to "optimizer": "sgd"/],
    [{ ...mlp, l1: 1 }, /l1/],
    [{ ...mlp, learningRateSchedule: { kind: 'warm' } }, /learningRateSchedule.*constant, step, exponential/],
    [{ ...mlp, learningRateSchedule: { kind: 'step', every: 0, factor: 0.5 } }, /every: .*>=1/],
    [{ ...mlp, learningRateSchedule: { kind: 'exponential', factor: 2 } }, /factor: .*<=1/],
    [{ ...mlp, learningRateSchedule: { kind: 'cosine', to: -1 } }, /to: .*>=0/],
    [{ ...mlp, learningRateSchedule: { kind: 'plateau', factor: 0.5 } }, /patience: /],
    [{ ...logistic, classWeights: 'equal' }, /classWeights: expected "balanced" or an object of weights/],
    [{ ...logistic, classWeights: { yes: -1 } }, /classWeights/],
    [{ ...logistic, l1: -0.1 }, /l1: .*>=0/],
    [{ ...logistic, l1: 0.1, batchSize: 32 }, /batchSize: "batchSize" asks for minibatches/],
    [{ ...logistic, layers: [4] }, /layers/],
    [{ kind: 'linear', classWeights: 'balanced' }, /classWeights/],
    [{ kind: 'linear', l1: 1, learningRate: 0.1 }, /learningRate: "learningRate" asks for minibatches/],
  ])('%j', (model, message) => {
    expect(refusal(model)).toMatch(message)
  })
})

test('what is in range is taken as it is', () => {
  for (const model of [
    { kind: 'linear', l1: 0.5, l2: 0.1 },
    { kind: 'logistic', l1: 0, batchSize: 32, classWeights: { yes: 2, no: 0.5 } },
    { kind: 'mlp', layers: [8], batchNorm: true, optimizer: 'sgd', momentum: 0, classWeights: 'balanced' },
    { kind: 'mlp', learningRateSchedule: { kind: 'plateau', patience: 2, factor: 0.3 } },
  ]) {
    expect(decode(modelSpecSchema, model, 'model')).toEqual(model)
  }
})
