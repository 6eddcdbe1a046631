import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { api, connectionState, queryClient } from './client.ts'
import { ConnectionNote } from './shell/ConnectionNote.tsx'
import { Frame } from './shell/Frame.tsx'
import { StartPage } from './shell/StartPage.tsx'
import { startRequests } from './shell/start-requests.ts'
import { watchChanges } from './shell/watch-changes.ts'
import { ErrorNote } from './ui/ErrorNote.tsx'

/** The window: the start page, or the workbench on the open workspace. */
export function App() {
  const workspace = useQuery(api.workspace.current.queryOptions())
  const { choosing } = useStore(startRequests)
  useEffect(() => watchChanges(queryClient), [])
  // Whatever was read before the engine went away may have changed.
  useEffect(() => {
    let lost = false
    return connectionState.subscribe((state) => {
      if (state.kind === 'disconnected' || state.kind === 'refused') lost = true
      if (state.kind === 'ready' && lost) {
        lost = false
        queryClient.invalidateQueries()
      }
    })
  }, [])
  useEffect(() => {
    document.title = workspace.data ? `${workspace.data.name} – Slipway` : 'Slipway'
  }, [workspace.data])

  const open = workspace.data
  return (
    <>
      {workspace.error && !open && (
        <div className="sw-page">
          <ErrorNote
            error={workspace.error}
            action={{ label: 'Try again', onClick: () => workspace.refetch() }}
          />
        </div>
      )}
      {open && !choosing && <Frame key={open.path} workspace={open} />}
      {workspace.isSuccess && (!open || choosing) && (
        <StartPage onBack={open ? () => startRequests.setState({ choosing: false }) : undefined} />
      )}
      <ConnectionNote alone={workspace.isPending} />
    </>
  )
}
