import type { ReactNode } from 'react'

/** One number with its name: `Rows 7,043`. `children` is formatted already, with its unit. */
export function Figure(props: {
  readonly label: string
  readonly children: ReactNode
  readonly note?: ReactNode
  readonly title?: string
}) {
  return (
    <div className="sw-figure" title={props.title}>
      <span className="sw-figure-label">{props.label}</span>
      <span className="sw-figure-value">{props.children}</span>
      {props.note !== undefined && <span className="sw-figure-note">{props.note}</span>}
    </div>
  )
}
