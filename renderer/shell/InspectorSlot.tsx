import { createContext, type ReactNode, useContext } from 'react'
import { createPortal } from 'react-dom'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'

/** Where the inspector's content goes; null while it is closed. */
export const inspectorElement = createStore<{ element: HTMLElement | null }>(() => ({ element: null }))

/** Whether the tab around is the active one of the whole window. */
export const ActiveTab = createContext(false)

/** Shows its children in the inspector while the tab around it is active. */
export function Inspect(props: { readonly title: string; readonly children: ReactNode }) {
  const active = useContext(ActiveTab)
  const { element } = useStore(inspectorElement)
  if (!active || !element) return null
  return createPortal(
    <section aria-label={props.title}>
      <h2 className="sw-inspector-title">{props.title}</h2>
      {props.children}
    </section>,
    element,
  )
}
