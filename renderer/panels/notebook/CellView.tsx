import { memo } from 'react'
import type { cellStatuses } from '../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { Inspect } from '../../shell/InspectorSlot.tsx'
import { StatusDot } from '../../ui/StatusDot.tsx'
import { AddCell } from './AddCell.tsx'
import { CellHead } from './CellHead.tsx'
import { CellInspector } from './CellInspector.tsx'
import { CellSource } from './CellSource.tsx'
import { kindFacts } from './kinds.ts'
import { useNotebook, useSession } from './NotebookContext.ts'
import { whyNotRun } from './not-run.ts'
import { idleState, outputsOf } from './notebook-state.ts'
import { Outputs } from './outputs/Outputs.tsx'

type Status = (typeof cellStatuses)[number]

export const statusNames: Readonly<Record<Status, string>> = {
  idle: 'not run yet',
  queued: 'waiting to run',
  running: 'running',
  done: 'up to date',
  stale: 'stale',
  failed: 'failed',
  disabled: 'disabled',
}

/** One cell: gutter with its state, head, source and outputs. */
export const CellView = memo(function CellView(props: {
  readonly cell: Cell
  readonly index: number
  readonly count: number
}) {
  const { cell, index, count } = props
  const session = useSession()
  const state = useNotebook((notebook) => notebook.states[cell.id]) ?? idleState
  const outputs = useNotebook((notebook) => outputsOf(notebook, cell.id))
  const selected = useNotebook((notebook) => notebook.selected === cell.id)
  const status: Status = cell.disabled ? 'disabled' : state.status
  const reason = `${statusNames[status]}${state.reason ? `: ${state.reason}` : ''}`
  const why = whyNotRun(status, state)
  const text = cell.kind === 'markdown'
  return (
    <>
      <AddCell index={index} />
      {/* Clicking anywhere in a cell selects it; the same is done by the arrow keys. */}
      <article
        className="sw-cell"
        data-cell={cell.id}
        data-kind={cell.kind}
        data-status={status}
        data-selected={selected || undefined}
        tabIndex={selected ? 0 : -1}
        aria-label={`${kindFacts[cell.kind].title} cell${cell.name ? ` ${cell.name}` : ''}, ${index + 1} of ${count}, ${reason}`}
        aria-current={selected || undefined}
        onFocus={() => session.select(cell.id)}
        onMouseDown={(event) => {
          // Outside of the editor it is not written: were it, the editor would take the focus and scroll to itself, away
          // from under the pointer, and what was pressed would not be clicked.
          const inEditor = event.target instanceof Element && event.target.closest('.monaco-editor') !== null
          session.select(cell.id, inEditor ? undefined : 'command')
        }}
        onDoubleClick={() => {
          if (text) session.select(cell.id, 'edit')
        }}
      >
        <div className="sw-gutter" title={reason}>
          {!text && <StatusDot state={status} />}
        </div>
        <div className="sw-cell-body">
          <CellHead cell={cell} index={index} count={count} state={state} outputs={outputs} />
          <CellSource cell={cell} />
          {why !== '' && <p className="sw-cell-reason">{why}</p>}
          {outputs.length > 0 && <Outputs cell={cell} outputs={outputs} stale={status === 'stale'} />}
        </div>
      </article>
      {selected && (
        <Inspect title={cell.name || `${kindFacts[cell.kind].title} cell`}>
          <CellInspector cell={cell} state={state} reason={reason} />
        </Inspect>
      )}
    </>
  )
})
