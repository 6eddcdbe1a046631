import { ActionIcon, Tooltip } from '@mantine/core'
import { PanelRight, Square } from 'lucide-react'
import { useStore } from 'zustand'
import type { Task } from '../../shared/contract/tasks.ts'
import type { WorkspaceInfo } from '../../shared/contract/workspace.ts'
import { engine, useConnection } from '../client.ts'
import { formatBytes, formatCount, formatDuration, formatShare } from '../ui/format.ts'
import { StatusDot } from '../ui/StatusDot.tsx'
import { describeKeys } from './commands.ts'
import { frameState, toggleInspector } from './frame-state.ts'
import { noticeFailure } from './notice.ts'
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
  }
}

function RunningTask({ task }: { readonly task: Task }) {
  return (
    <span className="sw-status-item">
      <StatusDot state="running" />
      <b>{task.title}</b>
      {task.fraction !== null && (
        <>
          <progress value={task.fraction} max={1} aria-label={task.title} />
          {formatShare(Math.round(task.fraction * 100) / 100)}
        </>
      )}
      {task.secondsLeft !== null && <span>{formatDuration(task.secondsLeft * 1000)} left</span>}
      {task.stoppable && (
        <Tooltip label={`Stop ${task.title}`}>
          <ActionIcon
            size={18}
            aria-label={`Stop ${task.title}`}
            onClick={() =>
              engine.tasks
                .stop({ id: task.id })
                .catch((error) => noticeFailure(`Stopping ${task.title}`, error))
            }
          >
            <Square size={10} fill="currentColor" />
          </ActionIcon>
        </Tooltip>
      )}
    </span>
  )
}

/** Everything that runs, each with progress and a stop. */
export function StatusBar({ workspace }: { readonly workspace: WorkspaceInfo | null }) {
  const tasks = useTasks()
  const stale = Object.values(useStore(staleCells)).reduce((sum, count) => sum + count, 0)
  const { inspector } = useStore(frameState)
  return (
    <footer className="sw-status">
      <EngineState />
      {tasks.map((task) => (
        <RunningTask key={task.id} task={task} />
      ))}
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
