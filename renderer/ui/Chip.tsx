import type { ReactNode } from 'react'
import './chip.css'

export type ChipTone = 'neutral' | 'accent' | 'done' | 'stale' | 'failed' | 'unknown'

/** A short word set off by colour; `unknown` is hatched grey, for what cannot be told. */
export function Chip(props: {
  readonly children: ReactNode
  readonly tone?: ChipTone
  readonly icon?: ReactNode
  readonly title?: string
}) {
  return (
    <span className={`sw-chip sw-chip-${props.tone ?? 'neutral'}`} title={props.title}>
      {props.icon}
      <span className="sw-chip-text">{props.children}</span>
    </span>
  )
}
