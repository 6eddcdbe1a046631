import type { ReactNode } from 'react'
import './page-head.css'

/** The top of a page: its name, what qualifies it, and what can be done with it; facts stand on a second line. */
export function PageHead(props: {
  readonly title: ReactNode
  readonly beside?: ReactNode
  readonly actions?: ReactNode
  readonly below?: ReactNode
}) {
  return (
    <div className="sw-page-head">
      <div className="sw-page-head-row">
        <h1>{props.title}</h1>
        {props.beside !== undefined && <div className="sw-page-head-beside">{props.beside}</div>}
        {props.actions !== undefined && <div className="sw-page-head-actions">{props.actions}</div>}
      </div>
      {props.below !== undefined && <div className="sw-page-head-below">{props.below}</div>}
    </div>
  )
}
