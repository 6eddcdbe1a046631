import type { editor, IKeyboardEvent } from 'monaco-editor/editor'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { CodeEditor } from '../../ui/CodeEditor.tsx'
import { kindFacts } from './kinds.ts'
import { useSession } from './NotebookContext.ts'
import { advance, neighbour } from './notebook-keys.ts'
import { runIn } from './run-in.ts'
import type { NotebookSession } from './session.ts'
import { useSqlCompletion } from './use-sql-completion.ts'

/** Monaco keeps Escape and the arrows for its own lists while one is open. */
function listOpen(instance: editor.IStandaloneCodeEditor): boolean {
  const root = instance.getDomNode()
  const body = root?.ownerDocument.body
  return (
    body?.querySelector('.suggest-widget.visible, .parameter-hints-widget.visible') != null ||
    root?.querySelector('.find-widget.visible') != null
  )
}

function onKey(
  session: NotebookSession,
  cell: Cell,
  event: IKeyboardEvent,
  instance: editor.IStandaloneCodeEditor,
): boolean {
  const key = event.browserEvent.key
  const mod = event.ctrlKey || event.metaKey
  const ids = session.store.getState().cells.map((other) => other.id)
  const index = ids.indexOf(cell.id)
  if (key === 'Enter' && event.shiftKey !== mod) {
    if (cell.kind !== 'markdown') runIn(session, { type: 'cell', id: cell.id })
    if (event.shiftKey) advance(session, index)
    else if (cell.kind === 'markdown') session.select(cell.id, 'command')
    return true
  }
  if (mod && key.toLowerCase() === 'z') {
    if (event.shiftKey) session.redo()
    else session.undo()
    return true
  }
  if (mod && key.toLowerCase() === 'y') {
    session.redo()
    return true
  }
  if (listOpen(instance)) return false
  if (key === 'Escape') {
    session.select(cell.id, 'command')
    return true
  }
  const position = instance.getPosition()
  const lines = instance.getModel()?.getLineCount() ?? 1
  if (event.shiftKey || mod || event.altKey || !position) return false
  if (key === 'ArrowUp' && position.lineNumber === 1 && index > 0) {
    session.select(neighbour(ids, cell.id, -1), 'edit')
    return true
  }
  if (key === 'ArrowDown' && position.lineNumber === lines && index < ids.length - 1) {
    session.select(neighbour(ids, cell.id, 1), 'edit')
    return true
  }
  return false
}

export function CellEditor({ cell, editing }: { readonly cell: Cell; readonly editing: boolean }) {
  const session = useSession()
  useSqlCompletion(cell.kind === 'sql' || cell.kind === 'check')
  return (
    <CodeEditor
      value={cell.source}
      language={kindFacts[cell.kind].language}
      label={`Source of the ${kindFacts[cell.kind].title} cell ${cell.name}`.trim()}
      focused={editing}
      onFocus={() => session.select(cell.id, 'edit')}
      onChange={(source) => session.edit([{ type: 'update', id: cell.id, source }], `source:${cell.id}`)}
      onKey={(event, instance) => onKey(session, cell, event, instance)}
    />
  )
}
