import { useEffect, useRef } from 'react'
import { failureOf } from '../client.ts'
import { ErrorNote } from './ErrorNote.tsx'

/** Why a bundle was refused; one that is only not signed may be taken all the same, once its reader knows that. */
export function DeployRefusal(props: {
  readonly error: unknown
  /** What the second action is called. */
  readonly takeIt: string
  readonly onTakeIt: () => void
}) {
  const failure = failureOf(props.error)
  const note = useRef<HTMLDivElement>(null)
  // It may stand below the fold of a sheet, and the way on with it.
  useEffect(() => {
    note.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <div ref={note}>
      {failure.code === 'unsigned' ? (
        <ErrorNote
          content={{
            message: failure.message,
            whatToDo:
              'Package the model version anew. Or take this bundle as it is, if you know where it is from: the deployment remembers that you do.',
          }}
          action={{ label: props.takeIt, onClick: props.onTakeIt }}
        />
      ) : (
        <ErrorNote content={failure} />
      )}
    </div>
  )
}
