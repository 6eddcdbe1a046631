import { useEffect } from 'react'
import { z } from 'zod'
import { noticeDone } from '../../shell/notice.ts'
import type { TabProps } from '../../shell/open-tab.ts'
import type { NotebookSession } from './session.ts'

/** What another panel can open a notebook for. */
const wishSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('show'), cell: z.string() }),
  z.object({ action: z.literal('insert'), kind: z.enum(['sql', 'typescript']), source: z.string() }),
])
type Wish = z.infer<typeof wishSchema>

/** Wishes that were fulfilled: a tab that is drawn again is given its last one again. */
const fulfilled = new WeakSet<object>()

const settleMs = 2_000

/** Brings the cell to the middle, and keeps it there while outputs above it take their size; a scroll by hand ends that. */
function scrollTo(id: string): void {
  requestAnimationFrame(() => {
    const cell = document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(id)}"]`)
    if (!cell) return
    const stop = new AbortController()
    const sizes = new ResizeObserver(() => cell.scrollIntoView({ block: 'center' }))
    for (const other of cell.parentElement?.children ?? []) sizes.observe(other)
    stop.signal.addEventListener('abort', () => sizes.disconnect())
    for (const event of ['wheel', 'pointerdown', 'keydown']) {
      window.addEventListener(event, () => stop.abort(), { once: true, signal: stop.signal })
    }
    setTimeout(() => stop.abort(), settleMs)
  })
}

function fulfil(session: NotebookSession, wish: Wish): void {
  const { cells } = session.store.getState()
  if (wish.action === 'insert') {
    scrollTo(session.insert(cells.length, wish.kind, wish.source))
    return
  }
  if (cells.some((cell) => cell.id === wish.cell)) {
    session.select(wish.cell, 'command')
    scrollTo(wish.cell)
    return
  }
  noticeDone(`The cell is not in ${session.path} any more: it was deleted after the version was trained.`)
}

/** Shows the cell, or adds the one, that the tab was opened for, once the notebook is there. */
export function useWish(session: NotebookSession, state: TabProps['state']): void {
  useEffect(() => {
    const wish = wishSchema.safeParse(state)
    if (!state || !wish.success) return
    const take = () => {
      if (!session.store.getState().loaded || fulfilled.has(state)) return
      fulfilled.add(state)
      fulfil(session, wish.data)
    }
    take()
    return session.store.subscribe(take)
  }, [session, state])
}
