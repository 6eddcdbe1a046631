import { Play } from 'lucide-react'
import type { CellState, Output } from '../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { formatCounted, formatDuration } from '../../ui/format.ts'
import { CellMenu } from './CellMenu.tsx'
import { CellName } from './CellName.tsx'
import { kindFacts } from './kinds.ts'
import { useSession } from './NotebookContext.ts'
import { notRun } from './not-run.ts'
import { runIn } from './run-in.ts'

function facts(state: CellState, outputs: readonly Output[]): string {
  const parts: string[] = []
  if (state.status === 'queued') parts.push('waiting')
  else if (state.status === 'running') parts.push('running')
  else if (state.ms !== null) parts.push(formatDuration(state.ms))
  const relation = outputs.find((output) => output.type === 'relation')
  if (relation) {
    parts.push(formatCounted(relation.rows, 'row'), formatCounted(relation.columns.length, 'column'))
  }
  return parts.join(' · ')
}

export function CellHead(props: {
  readonly cell: Cell
  readonly index: number
  readonly count: number
  readonly state: CellState
  readonly outputs: readonly Output[]
}) {
  const { cell, index, count, state, outputs } = props
  const session = useSession()
  const runs = cell.kind !== 'markdown'
  const badge =
    state.status === 'stale' || state.status === 'failed' ? (
      <span className="sw-badge" data-tone={state.status} title={state.reason}>
        {state.status === 'stale' ? 'stale' : notRun(state) ? 'not run' : 'failed'}
      </span>
    ) : null
  return (
    <div className="sw-cell-head">
      {runs && (
        <button
          type="button"
          className="sw-icon-button"
          aria-label="Run this cell"
          title="Run (Ctrl+Enter)"
          onClick={() => runIn(session, { type: 'cell', id: cell.id })}
        >
          <Play size={13} />
        </button>
      )}
      <span className="sw-cell-kind">{kindFacts[cell.kind].title}</span>
      {runs && <CellName cell={cell} />}
      <span className="sw-toolbar-gap" />
      {badge}
      {cell.disabled && <span className="sw-badge">disabled</span>}
      <span className="sw-cell-facts">{facts(state, outputs)}</span>
      <CellMenu cell={cell} index={index} count={count} />
    </div>
  )
}
