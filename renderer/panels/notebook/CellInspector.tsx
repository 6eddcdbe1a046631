import { Select, Switch } from '@mantine/core'
import type { CellState } from '../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { formatDuration } from '../../ui/format.ts'
import { KeyValue } from '../../ui/KeyValue.tsx'
import { kindFacts } from './kinds.ts'
import { useNotebook, useSession } from './NotebookContext.ts'

/** What there is to know about the selected cell, and its settings. */
export function CellInspector(props: {
  readonly cell: Cell
  readonly state: CellState
  readonly reason: string
}) {
  const { cell, state, reason } = props
  const session = useSession()
  const cells = useNotebook((notebook) => notebook.cells)
  const upstream = useNotebook((notebook) => notebook.upstream)
  const nameOf = (id: string) => {
    const found = cells.find((other) => other.id === id)
    return found ? found.name || `${kindFacts[found.kind].title} cell ${cells.indexOf(found) + 1}` : id
  }
  const reads = upstream[cell.id] ?? []
  const readBy = cells.filter((other) => upstream[other.id]?.includes(cell.id))
  return (
    <div className="sw-inspector-cell">
      <KeyValue
        items={[
          ['State', reason],
          ['Last run', formatDuration(state.ms)],
          ['Reads from', reads.length === 0 ? 'no other cell' : reads.map(nameOf).join(', ')],
          [
            'Read by',
            readBy.length === 0 ? 'no other cell' : readBy.map((other) => nameOf(other.id)).join(', '),
          ],
          ['Id', <code key="id">{cell.id}</code>],
        ]}
      />
      {cell.kind === 'sql' && (
        <Select
          label="Keep the result as"
          data={[
            { value: 'view', label: 'View (computed when read)' },
            { value: 'table', label: 'Table (stored)' },
          ]}
          allowDeselect={false}
          value={cell.materialize ?? 'view'}
          onChange={(value) =>
            session.edit([{ type: 'update', id: cell.id, materialize: value === 'table' ? 'table' : 'view' }])
          }
        />
      )}
      <Switch
        label="Disabled: skipped when running"
        checked={cell.disabled ?? false}
        onChange={(event) =>
          session.edit([{ type: 'update', id: cell.id, disabled: event.currentTarget.checked }])
        }
      />
    </div>
  )
}
