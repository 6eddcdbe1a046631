import { ActionIcon, Tooltip } from '@mantine/core'
import { PanelRight } from 'lucide-react'
import { useStore } from 'zustand'
import type { WorkspaceInfo } from '../../shared/contract/workspace.ts'
import { useConnection } from '../client.ts'
import { formatBytes, formatCount } from '../ui/format.ts'
import { StatusDot } from '../ui/StatusDot.tsx'
import { describeKeys } from './commands.ts'
import { frameState, toggleInspector } from './frame-state.ts'
import { RunningTasks } from './RunningTasks.tsx'
import { staleCells } from './stale-cells.ts'
import { useTasks } from './use-tasks.ts'

function EngineState() {
  const connection = useConnection()
  switch (connection.kind) {
    case 'connecting':
      return (
        <span className="sw-status-item" role="status">
          <StatusDot state="queued" /> Connecting to the engine
        </span>
      )
    case 'ready':
      return (
        <span className="sw-status-item" role="status">
          <StatusDot state="done" /> Engine ready
        </span>
      )
    case 'disconnected':
      return (
        <span className="sw-status-item" role="status">
          <StatusDot state="failed" /> <b>Engine disconnected</b>
        </span>
      )
    case 'refused':
      return (
        <span className="sw-status-item" role="status">
          <StatusDot state="failed" /> <b>Engine refuses this window</b>
        </span>
      )
  }
}

/** Everything that runs, each with progress and a stop. */
export function StatusBar({ workspace }: { readonly workspace: WorkspaceInfo | null }) {
  const tasks = useTasks()
  const stale = Object.values(useStore(staleCells)).reduce((sum, count) => sum + count, 0)
  const { inspector } = useStore(frameState)
  return (
    <footer className="sw-status">
      <EngineState />
      <RunningTasks tasks={tasks} />
      {stale > 0 && (
        <span className="sw-status-item" title="Cells whose code or inputs changed since they ran">
          <StatusDot state="stale" /> {formatCount(stale)} stale
        </span>
      )}
      <span className="sw-status-gap" />
      {workspace && (
        <>
          <span title={workspace.path}>{workspace.name}</span>
          <span title="Size of .slipway/workspace.duckdb on disk">
            workspace.duckdb {formatBytes(workspace.databaseBytes)}
          </span>
          <Tooltip label={`Inspector (${describeKeys('mod+I')})`}>
            <ActionIcon size={20} aria-label="Inspector" aria-pressed={inspector} onClick={toggleInspector}>
              <PanelRight size={14} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </footer>
  )
}
