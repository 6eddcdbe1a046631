import { createStore } from 'zustand/vanilla'

export const tabKinds = [
  'notebook',
  'relation',
  'file',
  'models',
  'model',
  'deployment',
  'fleet',
  'monitoring',
  'settings',
  'welcome',
] as const
export type TabKind = (typeof tabKinds)[number]

/**
 * What a tab shows. `id` within the kind: a notebook's path, a relation's name, a data file's path, `name:version` of a model,
 * a deployment's name (also for `monitoring`), the kind itself where there is only one.
 */
export interface TabRequest {
  readonly kind: TabKind
  readonly id: string
  readonly title: string
  /** Handed to the tab as `state`, also when it is open already: `{ action: 'package' }`. Not remembered. */
  readonly state?: Readonly<Record<string, unknown>>
}

/** What every tab component is given. */
export interface TabProps {
  readonly id: string
  readonly state: Readonly<Record<string, unknown>> | undefined
  /** The tab is the one in front of its group. */
  readonly visible: boolean
  readonly setTitle: (title: string) => void
}

interface TabQueue {
  readonly requests: readonly TabRequest[]
}

/** Requests wait here until the dock takes them, so that a tab can be asked for before the frame stands. */
export const tabQueue = createStore<TabQueue>(() => ({ requests: [] }))

/** Opens a tab, or brings the one that is open to the front. The only way from one panel to another. */
export function openTab(request: TabRequest): void {
  tabQueue.setState((queue) => ({ requests: [...queue.requests, request] }))
}

export function takeTabRequests(): readonly TabRequest[] {
  const { requests } = tabQueue.getState()
  if (requests.length > 0) tabQueue.setState({ requests: [] })
  return requests
}
