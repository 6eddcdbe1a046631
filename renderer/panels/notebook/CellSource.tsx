import { useEffect, useRef, useState } from 'react'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { codeHeight } from '../../ui/CodeEditor.tsx'
import { Markdown } from '../../ui/Markdown.tsx'
import { CellEditor } from './CellEditor.tsx'
import { useNotebook } from './NotebookContext.ts'
import { TrainForm } from './TrainForm.tsx'

/** Whether the element was ever near the viewport: editors are made then, and kept. */
function useSeen(element: React.RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    const target = element.current
    if (!target || seen) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true)
      },
      { rootMargin: '400px 0px' },
    )
    observer.observe(target)
    return () => observer.disconnect()
  }, [element, seen])
  return seen
}

/** A cell's source as it is edited: text, a form for training, or rendered Markdown. */
export function CellSource({ cell }: { readonly cell: Cell }) {
  const place = useRef<HTMLDivElement>(null)
  const seen = useSeen(place)
  const editing = useNotebook((state) => state.selected === cell.id && state.mode === 'edit')
  const [asJson, setAsJson] = useState(false)

  if (cell.kind === 'markdown' && !editing) {
    return (
      <div ref={place} className="sw-markdown-cell">
        {cell.source.trim() === '' ? (
          <p className="sw-muted">Empty text. Press Enter to write.</p>
        ) : (
          <Markdown source={cell.source} />
        )}
      </div>
    )
  }
  if (cell.kind === 'train' && !asJson) {
    return (
      <div ref={place}>
        <TrainForm cell={cell} onJson={() => setAsJson(true)} />
      </div>
    )
  }
  return (
    <div ref={place} className="sw-source">
      {seen || editing ? (
        <CellEditor cell={cell} editing={editing} />
      ) : (
        <pre className="sw-editor-waiting" style={{ minHeight: codeHeight(cell.source) }}>
          {cell.source}
        </pre>
      )}
      {cell.kind === 'train' && (
        <button type="button" className="sw-link" onClick={() => setAsJson(false)}>
          Show as a form
        </button>
      )}
    </div>
  )
}
