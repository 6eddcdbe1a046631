import { createStore } from 'zustand/vanilla'

/** Whether the start page is shown over an open workspace, to choose another one. */
export const startRequests = createStore<{ readonly choosing: boolean }>(() => ({ choosing: false }))

/** Shows the start page; the engine closes the open workspace when another one is opened. */
export function closeWorkspace(): void {
  startRequests.setState({ choosing: true })
}
