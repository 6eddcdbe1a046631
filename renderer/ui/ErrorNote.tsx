import { Button } from '@mantine/core'
import { CircleAlert } from 'lucide-react'
import { failureOf } from '../client.ts'
import { CopyButton } from './CopyButton.tsx'

export interface ErrorContent {
  readonly message: string
  readonly whatToDo: string
  readonly path?: string | undefined
  readonly details?: string | undefined
}

/** What went wrong, where, and what to do; details folded, all of it copyable. Give `error` or `content`. */
export function ErrorNote(props: {
  readonly error?: unknown
  readonly content?: ErrorContent
  readonly action?: { readonly label: string; readonly onClick: () => void }
}) {
  const failure: ErrorContent = props.content ?? failureOf(props.error)
  const text = [failure.message, failure.whatToDo, failure.details].filter((part) => part).join('\n')
  return (
    <div className="sw-error" role="alert">
      <CircleAlert size={16} aria-hidden className="sw-error-icon" />
      <div className="sw-error-body">
        <p className="sw-error-message">{failure.message}</p>
        {failure.path && !failure.message.includes(failure.path) && (
          <p className="sw-muted">
            Where: <code>{failure.path}</code>
          </p>
        )}
        {failure.whatToDo && <p>{failure.whatToDo}</p>}
        {failure.details && (
          <details>
            <summary>Details</summary>
            <pre>{failure.details}</pre>
          </details>
        )}
        {props.action && (
          <Button variant="default" size="compact-xs" onClick={props.action.onClick}>
            {props.action.label}
          </Button>
        )}
      </div>
      <CopyButton text={text} label="Copy the message" />
    </div>
  )
}
