import type { KeyboardEvent } from 'react'
import type { NotebookSession, RunWhat } from './session.ts'

const doublePressMs = 800

/** The selection one cell further; stays at the ends. */
export function neighbour(ids: readonly string[], selected: string | null, step: 1 | -1): string | null {
  const at = ids.indexOf(selected ?? '')
  if (at < 0) return ids[0] ?? null
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null
}

/** Jupyter's letters, for when a cell is selected and no text is being edited. */
export function notebookKeys(
  session: NotebookSession,
  run: (what: RunWhat) => void,
): (event: KeyboardEvent<HTMLElement>) => void {
  let lastD = 0
  return (event) => {
    const target = event.target as HTMLElement
    const { cells, selected } = session.store.getState()
    const ids = cells.map((cell) => cell.id)
    const index = ids.indexOf(selected ?? '')
    const cell = cells[index]
    if (event.key === 'Enter' && (event.shiftKey || event.ctrlKey || event.metaKey) && !event.altKey) {
      if (!cell || (event.shiftKey && (event.ctrlKey || event.metaKey))) return
      event.preventDefault()
      run({ type: 'cell', id: cell.id })
      if (event.shiftKey) advance(session, index)
      return
    }
    if (
      target.closest(
        'input, textarea, select, .monaco-editor, .sw-grid, [role="combobox"], [contenteditable="true"]',
      )
    ) {
      if (event.key === 'Escape') session.select(selected, 'command')
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
        event.preventDefault()
        if (event.shiftKey) session.redo()
        else session.undo()
      }
      return
    }
    // A button's own keys stay its own.
    if (target.closest('button, a, summary') && (event.key === 'Enter' || event.key === ' ')) return
    const act = (action: () => void) => {
      event.preventDefault()
      action()
    }
    switch (event.key) {
      case 'ArrowDown':
      case 'j':
        return act(() => session.select(neighbour(ids, selected, 1), 'command'))
      case 'ArrowUp':
      case 'k':
        return act(() => session.select(neighbour(ids, selected, -1), 'command'))
      case 'Enter':
        return act(() => session.select(selected, 'edit'))
      case 'Escape':
        return act(() => session.select(selected, 'command'))
      case 'a':
        return act(() => insertBeside(session, Math.max(0, index)))
      case 'b':
        return act(() => insertBeside(session, index + 1))
      case 'd': {
        const twice = event.timeStamp - lastD < doublePressMs
        lastD = twice ? 0 : event.timeStamp
        if (twice && cell) act(() => deleteCell(session, cell.id))
        return
      }
      case 'z':
        return act(() => session.undo())
      case 'Z':
        return act(() => session.redo())
      case 'm':
        if (cell) act(() => session.edit([{ type: 'update', id: cell.id, kind: 'markdown' }]))
        return
      case 'y':
        if (cell?.kind === 'markdown') act(() => session.edit([{ type: 'update', id: cell.id, kind: 'sql' }]))
        return
    }
  }
}

function insertBeside(session: NotebookSession, index: number) {
  const id = session.insert(index, 'sql')
  session.select(id, 'command')
}

/** Selects the next cell after a run, making one where there is none, as notebooks do. */
export function advance(session: NotebookSession, index: number): void {
  const { cells } = session.store.getState()
  const next = cells[index + 1]
  if (next) session.select(next.id, 'command')
  else session.insert(cells.length, 'sql')
}

/** Deletes and selects the cell that takes the place; undo brings it back. */
export function deleteCell(session: NotebookSession, id: string): void {
  const { cells } = session.store.getState()
  const index = cells.findIndex((cell) => cell.id === id)
  const next = cells[index + 1] ?? cells[index - 1]
  session.edit([{ type: 'delete', id }])
  session.select(next?.id ?? null, 'command')
}
