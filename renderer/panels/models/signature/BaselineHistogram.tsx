import { formatShare } from '../../../ui/format.ts'
import type { BaselineShares } from './baseline-shares.ts'

/** Names under the bars, where so few have room for theirs. */
const mostNamed = 6

/** What the bars stand for: their names, or of numbers the two ends. */
function Axis(props: { readonly shares: BaselineShares; readonly width: number; readonly step: number }) {
  const { bars, ends } = props.shares
  if (ends) {
    return (
      <div className="sw-models-axis" style={{ width: props.width }}>
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </div>
    )
  }
  if (bars.length > mostNamed) return null
  return (
    <div className="sw-models-axis" data-named style={{ width: props.width }}>
      {bars.map((bar) => (
        <span key={bar.label} className="sw-models-axis-name" style={{ width: props.step }} title={bar.label}>
          {bar.label}
        </span>
      ))}
    </div>
  )
}

/** The baseline as a small picture, always grey: live data has the accent. A wide one says what its bars are. */
export function BaselineHistogram(props: {
  readonly column: string
  readonly shares: BaselineShares
  readonly wide?: boolean
}) {
  const { bars } = props.shares
  const width = props.wide ? 320 : 120
  const height = props.wide ? 64 : 28
  const step = width / Math.max(1, bars.length)
  const gap = bars.length > 40 ? 0 : 1
  const largest = bars.reduce((best, bar) => (bar.share > best.share ? bar : best), bars[0]!)
  const label = `${props.column} in training: ${bars.length} bars, the largest ${largest.label} with ${formatShare(largest.share)}`
  const picture = (
    <svg className="sw-models-histogram" role="img" aria-label={label} width={width} height={height}>
      {bars.map((bar, index) => {
        const tall = bar.share > 0 ? Math.max(1, (bar.share / largest.share) * (height - 1)) : 0
        return (
          <rect
            key={bar.label}
            x={index * step}
            y={height - tall}
            width={Math.max(0.75, Math.min(step - gap, 24))}
            height={tall}
          >
            <title>{`${bar.label}: ${formatShare(bar.share)}`}</title>
          </rect>
        )
      })}
    </svg>
  )
  if (!props.wide) return picture
  return (
    <>
      {picture}
      <Axis shares={props.shares} width={width} step={step} />
    </>
  )
}
