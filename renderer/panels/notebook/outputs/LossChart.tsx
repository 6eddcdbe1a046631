import type { Epoch } from '../../../../shared/catalog/version.ts'
import { formatCount, formatNumber } from '../../../ui/format.ts'
import { lossScale, tickFormat } from './loss-scale.ts'

const width = 640
const height = 150
const digitWidth = 7.5
const bottom = 20

/** Loss by epoch or round: training in the accent, validation dashed. Drawn by hand, since it changes many times a second. */
export function LossChart(props: { readonly history: readonly Epoch[]; readonly unit: 'epoch' | 'round' }) {
  const { history, unit } = props
  const scale = lossScale(history)
  const tickText = tickFormat(scale.ticks)
  // The squared error of a price has seven digits and more.
  const longest = Math.max(...scale.ticks.map((tick) => tickText(tick).length))
  const left = Math.max(52, longest * digitWidth + 12)
  const last = history.at(-1)?.epoch ?? 1
  const first = history[0]?.epoch ?? 1
  const x = (epoch: number) => left + ((epoch - first) / Math.max(1, last - first)) * (width - left - 8)
  const y = (loss: number) => {
    const share = (loss - scale.low) / (scale.high - scale.low || 1)
    return 8 + (1 - Math.min(1, Math.max(0, share))) * (height - bottom - 8)
  }
  const line = (of: (epoch: Epoch) => number | null) =>
    history
      .flatMap((epoch) => {
        const loss = of(epoch)
        return loss === null || !Number.isFinite(loss)
          ? []
          : [`${x(epoch.epoch).toFixed(1)},${y(loss).toFixed(1)}`]
      })
      .join(' ')
  const validated = history.some((epoch) => epoch.validationLoss !== null)
  return (
    <svg
      className="sw-loss"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Loss by ${unit}, now ${formatNumber(history.at(-1)?.loss)}`}
    >
      <title>Loss by {unit}</title>
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={width - 8} y1={y(tick)} y2={y(tick)} className="sw-loss-line" />
          <text x={left - 6} y={y(tick) + 4} textAnchor="end">
            {tickText(tick)}
          </text>
        </g>
      ))}
      <text x={left} y={height - 4}>
        {unit} {formatCount(first)}
      </text>
      <text x={width - 8} y={height - 4} textAnchor="end">
        {formatCount(last)}
      </text>
      <polyline points={line((epoch) => epoch.loss)} className="sw-loss-train" />
      {validated && (
        <polyline points={line((epoch) => epoch.validationLoss)} className="sw-loss-validation" />
      )}
      <g transform={`translate(${width - 190}, 14)`}>
        <line x1={0} x2={18} y1={-4} y2={-4} className="sw-loss-train" />
        <text x={24}>training</text>
        {validated && (
          <>
            <line x1={88} x2={106} y1={-4} y2={-4} className="sw-loss-validation" />
            <text x={112}>validation</text>
          </>
        )}
      </g>
    </svg>
  )
}
