import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

/** Nothing here yet: one sentence, and one button that changes it. */
export function EmptyState(props: {
  readonly children: ReactNode
  readonly action?: { readonly label: string; readonly onClick: () => void }
}) {
  return (
    <div className="sw-empty">
      <p>{props.children}</p>
      {props.action && (
        <Button variant="light" onClick={props.action.onClick}>
          {props.action.label}
        </Button>
      )}
    </div>
  )
}
