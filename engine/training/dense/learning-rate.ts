import { assertNever } from '../../../shared/assert-never.ts'
import type { LearningRateSchedule } from '../../../shared/models/dense-spec.ts'

/** Answers the rate of an epoch, counted from 1; told how many epochs have passed without a better loss. */
export type LearningRate = (epoch: number, epochsWithoutBetter: number) => number

export function learningRateOf(schedule: LearningRateSchedule, rate: number, epochs: number): LearningRate {
  switch (schedule.kind) {
    case 'constant':
      return () => rate
    case 'step':
      return (epoch) => rate * schedule.factor ** Math.floor((epoch - 1) / schedule.every)
    case 'exponential':
      return (epoch) => rate * schedule.factor ** (epoch - 1)
    case 'cosine': {
      const { to = 0 } = schedule
      return (epoch) => rate * (to + ((1 - to) * (1 + Math.cos((Math.PI * (epoch - 1)) / epochs))) / 2)
    }
    case 'plateau': {
      let now = rate
      return (_, epochsWithoutBetter) => {
        if (epochsWithoutBetter > 0 && epochsWithoutBetter % schedule.patience === 0) now *= schedule.factor
        return now
      }
    }
    default:
      return assertNever(schedule)
  }
}
