import type { Epoch } from '../../../../shared/catalog/version.ts'
import { formatNumber } from '../../../ui/format.ts'

/** Round steps of 1, 2 or 5 times a power of ten that part a range into about four. */
function roundStep(range: number): number {
  const rough = range / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const lead = rough / power
  return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10)
}

/** The range of the losses, widened to round numbers, with those in between. */
export function lossScale(history: readonly Epoch[]): {
  readonly low: number
  readonly high: number
  readonly ticks: readonly number[]
} {
  const losses = history
    .flatMap((epoch) => [epoch.loss, epoch.validationLoss ?? epoch.loss])
    .filter((loss) => Number.isFinite(loss))
  if (losses.length === 0) return { low: 0, high: 1, ticks: [0, 1] }
  let low = Math.min(...losses)
  let high = Math.max(...losses)
  if (low === high) {
    low -= Math.abs(low) * 0.1 || 0.5
    high += Math.abs(high) * 0.1 || 0.5
  }
  const step = roundStep(high - low)
  const from = Math.floor(low / step)
  const to = Math.ceil(high / step)
  const ticks = Array.from({ length: to - from + 1 }, (_, index) =>
    Number(((from + index) * step).toPrecision(12)),
  )
  return { low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks }
}

/** All marks with as many decimals as the one that needs most: `0.60`, `0.55`. */
export function tickFormat(ticks: readonly number[]): (tick: number) => string {
  const texts = ticks.map((tick) => formatNumber(tick, 3))
  if (texts.some((text) => text.includes('e'))) return (tick) => formatNumber(tick, 3)
  const decimals = Math.max(...texts.map((text) => text.split('.')[1]?.length ?? 0))
  return (tick) => (decimals === 0 ? formatNumber(tick, 3) : tick.toFixed(decimals).replace('-', '−'))
}
