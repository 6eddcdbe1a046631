import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { NotebookState } from './notebook-state.ts'
import type { NotebookSession } from './session.ts'

export const NotebookContext = createContext<NotebookSession | undefined>(undefined)

/** The session of the notebook around. */
export function useSession(): NotebookSession {
  const session = useContext(NotebookContext)
  if (!session) throw new Error('used outside a notebook')
  return session
}

export function useNotebook<T>(select: (state: NotebookState) => T): T {
  return useStore(useSession().store, select)
}
