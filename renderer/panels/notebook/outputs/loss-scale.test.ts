import { expect, it } from 'vitest'
import { lossScale, tickFormat } from './loss-scale.ts'

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

it('writes all its marks with the same decimals', () => {
  const ticks = [0.4, 0.45, 0.5]
  expect(ticks.map(tickFormat(ticks))).toEqual(['0.40', '0.45', '0.50'])
  const prices = [0, 500, 1000, 1500]
  expect(prices.map(tickFormat(prices))).toEqual(['0', '500', '1,000', '1,500'])
  const tiny = [0, 0.00002]
  expect(tiny.map(tickFormat(tiny))).toEqual(['0', '2e-5'])
})
