import { Plus } from 'lucide-react'
import { cellKinds } from '../../../shared/notebook/notebook.ts'
import { kindFacts } from './kinds.ts'
import { useSession } from './NotebookContext.ts'

/** Adds a cell at a place; between cells it shows on hover and on focus. */
export function AddCell(props: { readonly index: number; readonly always?: boolean }) {
  const session = useSession()
  return (
    <fieldset className="sw-add" data-always={props.always || undefined} aria-label="Add a cell here">
      <Plus size={13} aria-hidden />
      {cellKinds.map((kind) => (
        <button
          key={kind}
          type="button"
          aria-label={`Add ${kindFacts[kind].title} cell`}
          tabIndex={props.always ? 0 : -1}
          onClick={() => session.insert(props.index, kind, kindFacts[kind].template)}
        >
          {kindFacts[kind].title}
        </button>
      ))}
    </fieldset>
  )
}
