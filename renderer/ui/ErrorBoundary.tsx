import { Component, type ReactNode } from 'react'
import { ErrorNote } from './ErrorNote.tsx'

interface State {
  readonly error: Error | undefined
}

/** Keeps a mistake in one tab from taking the window with it. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined }

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div className="sw-page">
        <ErrorNote
          content={{
            message: `This tab stopped: ${error.message}`,
            whatToDo:
              'Nothing you saved is lost. Show it again; if it stops again, copy this message into a report.',
            details: error.stack,
          }}
          action={{ label: 'Show again', onClick: () => this.setState({ error: undefined }) }}
        />
      </div>
    )
  }
}
