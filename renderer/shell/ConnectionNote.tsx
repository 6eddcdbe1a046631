import type { ReactNode } from 'react'
import { useConnection } from '../client.ts'
import { StatusDot } from '../ui/StatusDot.tsx'

/** Tries until it counts as gone for longer than a restart takes. */
const patience = 4

/**
 * Stands over everything while the engine cannot be reached, and says what to do.
 *
 * @param alone before there is anything else to see: it stands in the middle then
 */
export function ConnectionNote({ alone }: { readonly alone: boolean }) {
  const connection = useConnection()
  switch (connection.kind) {
    case 'connecting':
    case 'ready':
      return null
    case 'refused':
      return (
        <Note alone={alone}>
          The engine refuses this window: its address has no token, or that of an earlier start. Open the
          address that <code>slipway serve</code> printed when it started last; nothing that was saved is
          lost.
        </Note>
      )
    case 'disconnected':
      return (
        <Note alone={alone}>
          The engine is not answering. Trying again; nothing that was saved is lost.
          {connection.attempt >= patience && window.slipway === undefined && (
            <>
              {' '}
              If it was started again, open the address that <code>slipway serve</code> printed then.
            </>
          )}
        </Note>
      )
  }
}

function Note(props: { readonly alone: boolean; readonly children: ReactNode }) {
  return (
    <div className="sw-disconnected" data-alone={props.alone || undefined} role="alert">
      <StatusDot state="failed" />
      <span>{props.children}</span>
    </div>
  )
}
