import { randomUUID } from 'node:crypto'
import type { Task } from '../shared/contract/tasks.ts'
import { Failure } from '../shared/failure.ts'

/** A running task's own end: it reports progress and finishes exactly once. */
export interface RunningTask {
  /** `fraction` from 0 to 1; the time left is estimated from the pace so far, unless the pace is `uneven`. */
  progress(fraction: number, title?: string, pace?: 'even' | 'uneven'): void
  end(): void
}

/** Everything that runs, for the status bar. */
export interface Tasks {
  start(title: string, stop?: () => void): RunningTask
  list(): Task[]
  stop(id: string): void
  /** Calls back after every change; the answer unsubscribes. */
  watch(listener: () => void): () => void
}

interface Entry {
  task: Task
  started: number
  stop: (() => void) | undefined
}

export function createTasks(now: () => number = Date.now): Tasks {
  const entries = new Map<string, Entry>()
  const listeners = new Set<() => void>()
  const notify = () => {
    for (const listener of listeners) listener()
  }
  return {
    start(title, stop) {
      const id = randomUUID()
      const task: Task = { id, title, fraction: null, secondsLeft: null, stoppable: stop !== undefined }
      entries.set(id, { task, started: now(), stop })
      notify()
      return {
        progress(fraction, newTitle, pace = 'even') {
          const entry = entries.get(id)
          if (!entry) return
          const seconds = (now() - entry.started) / 1000
          const tells = pace === 'even' && fraction > 0.02
          const left = Math.round((seconds * (1 - fraction)) / fraction)
          // Under half a second there is nothing to wait for.
          const secondsLeft = tells && left > 0 ? left : null
          entry.task = { ...entry.task, title: newTitle ?? entry.task.title, fraction, secondsLeft }
          notify()
        },
        end() {
          if (entries.delete(id)) notify()
        },
      }
    },
    list: () => [...entries.values()].map((entry) => entry.task),
    stop(id) {
      const entry = entries.get(id)
      if (!entry?.stop) {
        throw new Failure(
          'not-found',
          `No running task ${id} can be stopped.`,
          'It may have finished already.',
        )
      }
      entry.stop()
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
