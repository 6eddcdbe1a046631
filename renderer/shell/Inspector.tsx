import { useStore } from 'zustand'
import { frameState } from './frame-state.ts'
import { inspectorElement } from './InspectorSlot.tsx'

const place = (element: HTMLElement | null) => inspectorElement.setState({ element })

/** What is selected in the tab in front; tabs fill it with `<Inspect>`. */
export function Inspector() {
  const { inspector } = useStore(frameState)
  if (!inspector) return null
  return (
    <aside className="sw-inspector" aria-label="Inspector">
      <div className="sw-inspector-body" ref={place} />
      <p className="sw-inspector-empty">Select a cell, a column or a version to see more about it.</p>
    </aside>
  )
}
