/** Bars or a line over equally spaced values, zero at the bottom; a picture beside a number, never alone. */
export function Sparkline(props: {
  readonly values: readonly number[]
  readonly label: string
  readonly kind?: 'bars' | 'line'
  readonly width?: number
  readonly height?: number
}) {
  const { values, width = 80, height = 20 } = props
  const top = Math.max(...values, 0)
  const scaled = (value: number) => (top === 0 ? 0 : (Math.max(0, value) / top) * (height - 1))
  const step = values.length === 0 ? 0 : width / values.length
  const bars = values
    .map((value, index) => {
      const tall = value > 0 ? Math.max(1, scaled(value)) : 0
      return `M${index * step},${height}v${-tall}h${Math.max(0.5, step - 1)}v${tall}z`
    })
    .join('')
  return (
    <svg
      className="sw-sparkline"
      role="img"
      aria-label={props.label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
    >
      <title>{props.label}</title>
      {props.kind === 'line' ? (
        <polyline
          points={values
            .map((value, index) => `${(index + 0.5) * step},${height - 0.5 - scaled(value)}`)
            .join(' ')}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.5}
        />
      ) : (
        <path d={bars} fill="currentColor" />
      )}
    </svg>
  )
}
