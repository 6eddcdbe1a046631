import { type KeyboardEvent, type PointerEvent, Suspense } from 'react'
import { useStore } from 'zustand'
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx'
import { frameState, sideWidths } from './frame-state.ts'
import { sideRegistry } from './side-registry.ts'

function setWidth(width: number) {
  frameState.setState({ sideWidth: Math.min(sideWidths.most, Math.max(sideWidths.least, Math.round(width))) })
}

/** The side list of the chosen area, as wide as the user drags it. */
export function SidePane() {
  const { side, sideWidth } = useStore(frameState)
  if (side === null) return null
  const List = sideRegistry[side]
  const drag = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    const start = event.clientX - sideWidth
    const handle = event.currentTarget
    const move = (moved: globalThis.PointerEvent) => setWidth(moved.clientX - start)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('pointerup', () => handle.removeEventListener('pointermove', move), {
      once: true,
    })
  }
  const nudge = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') setWidth(sideWidth - 16)
    if (event.key === 'ArrowRight') setWidth(sideWidth + 16)
  }
  return (
    <aside className="sw-side-pane" style={{ width: sideWidth }}>
      <ErrorBoundary>
        <Suspense fallback={null}>
          <List />
        </Suspense>
      </ErrorBoundary>
      <button
        type="button"
        className="sw-resizer"
        aria-label="Width of the list: left and right arrows change it"
        onPointerDown={drag}
        onKeyDown={nudge}
      />
    </aside>
  )
}
