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
    [{ ...mlp, epochs: 0 }, /epochs: .*at least 1, found/],
    [{ ...mlp, batchSize: 0.5 }, /batchSize: expected a whole number, found 0.5/],
    [{ ...mlp, learningRate: 0 }, /learningRate: .*above 0, found 0/],
    [{ ...mlp, learningRate: 11 }, /learningRate: .*at most 10, found/],
    [{ ...mlp, l2: -1 }, /l2: .*at least 0, found/],
    [{ ...mlp, patience: -1 }, /patience: .*at least 0, found/],
    [{ ...mlp, dropout: 1 }, /dropout: .*at most 0.9, found/],
    [{ ...mlp, layers: [] }, /layers: expected a list that is not empty, found \[\]/],
    [{ ...mlp, layers: [64, 0] }, /layers\[1\]: .*at least 1, found/],
    [{ ...mlp, layers: [5000] }, /layers\[0\]: .*at most 4,096, found/],
    [{ ...mlp, activation: 'gelu' }, /activation: .*relu/],
    [{ ...mlp, batchNorm: 'yes' }, /batchNorm: expected true or false, found "yes"/],
    [{ ...mlp, optimizer: 'rmsprop' }, /optimizer: .*adam.*sgd/],
    [{ ...mlp, optimizer: 'sgd', momentum: 1 }, /momentum: .*below 1, found 1/],
    [{ ...mlp, momentum: 0.5 }, /momentum: "momentum" belongs to "optimizer": "sgd"/],
    [{ ...mlp, l1: 1 }, /l1/],
    [
      { ...mlp, learningRateSchedule: { kind: 'warm' } },
      /learningRateSchedule\.kind: expected "constant", "step", .*found "warm"/,
    ],
    [{ ...mlp, learningRateSchedule: { kind: 'step', every: 0, factor: 0.5 } }, /every: .*at least 1, found/],
    [{ ...mlp, learningRateSchedule: { kind: 'exponential', factor: 2 } }, /factor: .*at most 1, found/],
    [{ ...mlp, learningRateSchedule: { kind: 'cosine', to: -1 } }, /to: .*at least 0, found/],
    [{ ...mlp, learningRateSchedule: { kind: 'plateau', factor: 0.5 } }, /patience: /],
    [
      { ...logistic, classWeights: 'equal' },
      /classWeights: expected "balanced" or an object of weights.*found "equal"/,
    ],
    [{ ...logistic, classWeights: { yes: -1 } }, /classWeights\.yes: .*at least 0, found -1/],
    [{ ...logistic, l1: -0.1 }, /l1: .*at least 0, found/],
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
