import type { ReactNode } from 'react'
import { PlotlyChart } from '../../../ui/PlotlyChart.tsx'
import type { PlotlyFigure } from './curve-figures.ts'

/** A figure with its name and, beside it, the number that sums it up. */
export function Picture(props: {
  readonly title: string
  readonly figure: PlotlyFigure
  readonly label: string
  readonly note?: ReactNode
  readonly height?: number
}) {
  return (
    <figure className="sw-evaluation-picture" aria-label={props.title}>
      <header>
        <h3>{props.title}</h3>
        <span className="sw-evaluation-note">{props.note}</span>
      </header>
      <PlotlyChart
        data={props.figure.data}
        layout={props.figure.layout}
        height={props.height ?? 260}
        label={props.label}
      />
    </figure>
  )
}
