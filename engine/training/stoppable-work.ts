import type { Database, Session } from '../data/database.ts'
import { cancelled } from './run-trainer.ts'

/** Work that its own caller or the end of everything stops. */
export interface StoppableWork {
  run<T>(outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Stops all of it and answers when it is over. */
  close(): Promise<void>
}

export function createStoppableWork(): StoppableWork {
  const running = new Set<AbortController>()
  const finished = new Set<Promise<unknown>>()
  return {
    async run(outer, work) {
      const controller = new AbortController()
      const stop = () => controller.abort()
      if (outer.aborted) stop()
      outer.addEventListener('abort', stop)
      running.add(controller)
      const done = work(controller.signal)
      finished.add(done)
      try {
        return await done
      } finally {
        finished.delete(done)
        running.delete(controller)
        outer.removeEventListener('abort', stop)
      }
    },
    async close() {
      for (const controller of running) controller.abort()
      await Promise.allSettled(finished)
    },
  }
}

/** Lends a session of its own, whose queries `signal` stops; its temporary tables go with it. */
export async function inSession<T>(
  database: Database,
  signal: AbortSignal,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw cancelled()
  const session = await database.session()
  const interrupt = () => session.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    return await use(session)
  } finally {
    signal.removeEventListener('abort', interrupt)
    session.close()
  }
}
