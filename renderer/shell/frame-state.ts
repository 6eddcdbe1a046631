import { createStore } from 'zustand/vanilla'

export const railAreas = ['files', 'data', 'models', 'deployments', 'monitoring'] as const
export type RailArea = (typeof railAreas)[number]

export interface FrameState {
  /** The side list that is open; null when it is folded away. */
  readonly side: RailArea | null
  /** Pixels. */
  readonly sideWidth: number
  readonly inspector: boolean
}

export const defaultFrame: FrameState = { side: 'files', sideWidth: 248, inspector: false }

export const sideWidths = { least: 180, most: 480 } as const

export const frameState = createStore<FrameState>(() => defaultFrame)

export function showSide(area: RailArea): void {
  frameState.setState({ side: area })
}

/** What the list comes back with after it was folded away. */
let latest: RailArea = 'files'
frameState.subscribe(({ side }) => {
  if (side !== null) latest = side
})

export function toggleSide(): void {
  frameState.setState((state) => ({ side: state.side === null ? latest : null }))
}

export function toggleInspector(): void {
  frameState.setState((state) => ({ inspector: !state.inspector }))
}
