import { expect, test } from 'vitest'
import type { LearningRateSchedule } from '../../../shared/models/dense-spec.ts'
import { learningRateOf } from './learning-rate.ts'

function rates(schedule: LearningRateSchedule, worse: readonly number[]): number[] {
  const rateOf = learningRateOf(schedule, 0.8, worse.length)
  return worse.map((without, i) => Number(rateOf(i + 1, without).toFixed(4)))
}

const five = [0, 0, 0, 0, 0]

test('each schedule lowers the rate in its own way', () => {
  expect(rates({ kind: 'constant' }, five)).toEqual([0.8, 0.8, 0.8, 0.8, 0.8])
  expect(rates({ kind: 'step', every: 2, factor: 0.5 }, five)).toEqual([0.8, 0.8, 0.4, 0.4, 0.2])
  expect(rates({ kind: 'exponential', factor: 0.5 }, five)).toEqual([0.8, 0.4, 0.2, 0.1, 0.05])
  expect(rates({ kind: 'cosine' }, [0, 0, 0, 0])).toEqual([0.8, 0.6828, 0.4, 0.1172])
  expect(rates({ kind: 'cosine', to: 0.5 }, [0, 0])).toEqual([0.8, 0.6])
})

test('a plateau lowers it whenever its patience ends, and a better loss starts the count anew', () => {
  const schedule: LearningRateSchedule = { kind: 'plateau', patience: 2, factor: 0.5 }
  expect(rates(schedule, [0, 0, 1, 2, 3, 4, 0, 1, 2])).toEqual([0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1])
})
