import type { ReactNode } from 'react'

/** A titled part of a page, set off by a hairline rather than a box. */
export function Panel(props: {
  readonly title?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly className?: string
  /** Names the region for screen readers where `title` is not plain text. */
  readonly label?: string
}) {
  const label = props.label ?? (typeof props.title === 'string' ? props.title : undefined)
  return (
    <section className={`sw-panel ${props.className ?? ''}`} aria-label={label}>
      {(props.title !== undefined || props.actions !== undefined) && (
        <header className="sw-panel-head">
          <h2>{props.title}</h2>
          {props.actions !== undefined && <div className="sw-panel-actions">{props.actions}</div>}
        </header>
      )}
      {props.children}
    </section>
  )
}
