import { useEffect, useState } from 'react'
import type { Task } from '../../shared/contract/tasks.ts'
import { engine, follow } from '../client.ts'

/** Everything that runs in the engine, as it changes. */
export function useTasks(): readonly Task[] {
  const [tasks, setTasks] = useState<readonly Task[]>([])
  useEffect(() => {
    const stop = new AbortController()
    follow(
      (signal) => engine.tasks.watch(undefined, { signal }),
      setTasks,
      stop.signal,
      () => setTasks([]),
    )
    return () => stop.abort()
  }, [])
  return tasks
}
