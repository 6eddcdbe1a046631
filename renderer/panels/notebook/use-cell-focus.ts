import { type RefObject, useContext, useEffect } from 'react'
import { ActiveTab } from '../../shell/InspectorSlot.tsx'
import { useNotebook } from './NotebookContext.ts'
import type { NotebookSession } from './session.ts'

/** Text is being written there, or tabs are being walked through with the keyboard. */
function keepsFocus(element: Element | null): boolean {
  return element?.matches('input, textarea, [contenteditable="true"], [role="tab"]:focus-visible') ?? false
}

/** What is selected is where the keys go, and they go to the notebook that was opened last. */
export function useCellFocus(session: NotebookSession, root: RefObject<HTMLElement | null>): void {
  const active = useContext(ActiveTab)
  const loaded = useNotebook((state) => state.loaded)

  useEffect(() => {
    if (!active || !loaded || keepsFocus(document.activeElement)) return
    if (root.current?.contains(document.activeElement)) return
    const place =
      root.current?.querySelector<HTMLElement>('[data-cell][data-selected]') ??
      root.current?.querySelector<HTMLElement>('.sw-empty button')
    place?.focus({ preventScroll: true })
  }, [active, loaded, root])

  useEffect(
    () =>
      session.store.subscribe((state, before) => {
        if (state.selected === before.selected && state.mode === before.mode) return
        if (state.mode !== 'command' || state.selected === null) return
        requestAnimationFrame(() => {
          const element = root.current?.querySelector<HTMLElement>(`[data-cell="${state.selected}"]`)
          const around =
            root.current?.contains(document.activeElement) || document.activeElement === document.body
          if (element && around && !element.contains(document.activeElement)) element.focus()
          else if (element && document.activeElement?.closest('.monaco-editor')) element.focus()
        })
      }),
    [session, root],
  )
}
