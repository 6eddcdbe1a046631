import { ActionIcon, Popover, Tooltip, UnstyledButton } from '@mantine/core'
import { Square } from 'lucide-react'
import type { Task } from '../../shared/contract/tasks.ts'
import { engine } from '../client.ts'
import { formatCounted, formatDuration, formatShare } from '../ui/format.ts'
import { StatusDot } from '../ui/StatusDot.tsx'
import { noticeFailure } from './notice.ts'
import { shareTasks } from './share-tasks.ts'

/** What runs, in the bar as far as there is room, and the rest in a list that opens above it. */
export function RunningTasks({ tasks }: { readonly tasks: readonly Task[] }) {
  const { shown, more } = shareTasks(tasks)
  return (
    <>
      {shown.map((task) => (
        <RunningTask key={task.id} task={task} />
      ))}
      {more.length > 0 && (
        <Popover position="top-start" shadow="md" trapFocus>
          <Popover.Target>
            <UnstyledButton className="sw-status-more">
              {formatCounted(more.length, 'more task', 'more tasks')}
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown>
            <ul className="sw-status-list" aria-label="What else runs">
              {more.map((task) => (
                <li key={task.id}>
                  <RunningTask task={task} />
                </li>
              ))}
            </ul>
          </Popover.Dropdown>
        </Popover>
      )}
    </>
  )
}

function RunningTask({ task }: { readonly task: Task }) {
  return (
    <span className="sw-status-item">
      <StatusDot state="running" />
      <b title={task.title}>{task.title}</b>
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
