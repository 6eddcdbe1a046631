import { useEffect, useState } from 'react'
import { engine, follow } from '../../client.ts'
import { reportStale } from '../../shell/stale-cells.ts'
import { staleCount } from './notebook-state.ts'
import { createNotebookSession, type NotebookSession } from './session.ts'

/** The session of a notebook for as long as its tab is open; `failed` says why it cannot be read. */
export function useNotebookSession(path: string): {
  readonly session: NotebookSession
  readonly failed: unknown
} {
  const [session] = useState(() => createNotebookSession(path, engine.notebook))
  const [failed, setFailed] = useState<unknown>()

  useEffect(() => {
    const stop = new AbortController()
    follow(
      (signal) => engine.notebook.events({ path }, { signal }),
      (event) => {
        setFailed(undefined)
        session.take(event)
      },
      stop.signal,
      setFailed,
    )
    const leave = (event: BeforeUnloadEvent) => {
      if (session.store.getState().saving === 'saved') return
      session.flush().catch(() => {})
      event.preventDefault()
    }
    window.addEventListener('beforeunload', leave)
    const stopStale = session.store.subscribe((state) => reportStale(path, staleCount(state)))
    return () => {
      stop.abort()
      stopStale()
      reportStale(path, null)
      window.removeEventListener('beforeunload', leave)
      session.flush().catch(() => {})
    }
  }, [path, session])

  return { session, failed }
}
