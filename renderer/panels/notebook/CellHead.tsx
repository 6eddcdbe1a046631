import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { ArrowDown, ArrowUp, CircleSlash, Ellipsis, Play, Plus, Trash2 } from 'lucide-react'
import type { CellState, Output } from '../../../shared/notebook/cell-state.ts'
import { type Cell, cellKinds } from '../../../shared/notebook/notebook.ts'
import { formatCounted, formatDuration } from '../../ui/format.ts'
import { CellName } from './CellName.tsx'
import { kindFacts } from './kinds.ts'
import { useSession } from './NotebookContext.ts'
import { runIn } from './NotebookPage.tsx'
import { deleteCell } from './notebook-keys.ts'

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
        {state.status === 'stale' ? 'stale' : 'failed'}
      </span>
    ) : null
  return (
    <div className="sw-cell-head">
      {runs && (
        <Tooltip label="Run (Ctrl+Enter)">
          <ActionIcon
            size="sm"
            aria-label="Run this cell"
            onClick={() => runIn(session, { type: 'cell', id: cell.id })}
          >
            <Play size={13} />
          </ActionIcon>
        </Tooltip>
      )}
      <span className="sw-cell-kind">{kindFacts[cell.kind].title}</span>
      {runs && <CellName cell={cell} />}
      <span className="sw-toolbar-gap" />
      {badge}
      {cell.disabled && <span className="sw-badge">disabled</span>}
      <span className="sw-cell-facts">{facts(state, outputs)}</span>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon size="sm" aria-label="Cell actions">
            <Ellipsis size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<ArrowUp size={14} />}
            disabled={index === 0}
            onClick={() => session.edit([{ type: 'move', id: cell.id, index: index - 1 }])}
          >
            Move up
          </Menu.Item>
          <Menu.Item
            leftSection={<ArrowDown size={14} />}
            disabled={index === count - 1}
            onClick={() => session.edit([{ type: 'move', id: cell.id, index: index + 1 }])}
          >
            Move down
          </Menu.Item>
          <Menu.Item leftSection={<Plus size={14} />} onClick={() => session.insert(index, 'sql')}>
            Add a cell above
          </Menu.Item>
          <Menu.Item leftSection={<Plus size={14} />} onClick={() => session.insert(index + 1, 'sql')}>
            Add a cell below
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>Change to</Menu.Label>
          {cellKinds
            .filter((kind) => kind !== cell.kind)
            .map((kind) => (
              <Menu.Item key={kind} onClick={() => session.edit([{ type: 'update', id: cell.id, kind }])}>
                {kindFacts[kind].title}
              </Menu.Item>
            ))}
          <Menu.Divider />
          {runs && (
            <Menu.Item
              leftSection={<CircleSlash size={14} />}
              onClick={() => session.edit([{ type: 'update', id: cell.id, disabled: !cell.disabled }])}
            >
              {cell.disabled ? 'Enable' : 'Disable'}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Trash2 size={14} />} onClick={() => deleteCell(session, cell.id)}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
