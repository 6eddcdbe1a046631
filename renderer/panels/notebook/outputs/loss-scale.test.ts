import { expect, it } from 'vitest'
import { lossScale } from './loss-scale.ts'

const history = (losses: readonly number[]) =>
  losses.map((loss, index) => ({ epoch: index + 1, loss, validationLoss: null }))

it('ends at round numbers around the losses', () => {
  const scale = lossScale(history([0.69, 0.52, 0.43]))
  expect(scale).toEqual({ low: 0.4, high: 0.7, ticks: [0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7] })
})

it('leaves room around a loss that never changes, and ignores one that is not a number', () => {
  const scale = lossScale(history([1, 1, Number.NaN]))
  expect(scale.low).toBeLessThan(1)
  expect(scale.high).toBeGreaterThan(1)
})
