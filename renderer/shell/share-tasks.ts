import type { Task } from '../../shared/contract/tasks.ts'

/** As many as fit beside the workspace's name in the narrowest window. */
const room = 2

/** The first tasks stand in the status bar, those that started after them in a list. */
export function shareTasks(tasks: readonly Task[]): {
  readonly shown: readonly Task[]
  readonly more: readonly Task[]
} {
  return { shown: tasks.slice(0, room), more: tasks.slice(room) }
}
