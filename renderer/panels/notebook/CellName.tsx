import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { kindFacts } from './kinds.ts'
import { useSession } from './NotebookContext.ts'

/** The cell's name, edited where it stands. Sent when it is finished, so that no half-typed name makes a relation. */
export function CellName({ cell }: { readonly cell: Cell }) {
  const session = useSession()
  const [text, setText] = useState(cell.name)
  useEffect(() => setText(cell.name), [cell.name])
  const finish = () => {
    const name = text.trim()
    if (name !== cell.name) session.edit([{ type: 'update', id: cell.id, name }])
  }
  return (
    <input
      className="sw-cell-name"
      aria-label={`Cell name: ${kindFacts[cell.kind].nameMeans}`}
      placeholder={kindFacts[cell.kind].nameMeans}
      title={text.length > 40 ? text : undefined}
      value={text}
      spellCheck={false}
      size={Math.max(text.length + 1, text === '' ? kindFacts[cell.kind].nameMeans.length : 6)}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        const around = event.currentTarget.closest<HTMLElement>('.sw-cell')
        if (event.key === 'Enter') {
          // With Shift or Ctrl the cell runs, under the name that stands here.
          if (event.shiftKey || event.ctrlKey || event.metaKey) return finish()
          event.stopPropagation()
          event.preventDefault()
          around?.focus()
        }
        if (event.key === 'Escape') {
          // Before the focus leaves, which takes what stands here.
          flushSync(() => setText(cell.name))
          around?.focus()
        }
      }}
    />
  )
}
