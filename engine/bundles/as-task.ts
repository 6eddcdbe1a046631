import type { PackageEvent } from '../../shared/contract/bundles.ts'
import type { Tasks } from '../tasks.ts'

/** Runs as a task of the status bar that can be stopped there as well as by the caller. */
export async function asTask<Result>(
  tasks: Tasks,
  title: string,
  outer: AbortSignal | undefined,
  onEvent: (event: PackageEvent) => void,
  run: (onEvent: (event: PackageEvent) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const inner = new AbortController()
  const signal = outer ? AbortSignal.any([outer, inner.signal]) : inner.signal
  const task = tasks.start(title, () => inner.abort())
  try {
    return await run((event) => {
      if (event.type !== 'done') task.progress(event.fraction)
      onEvent(event)
    }, signal)
  } finally {
    task.end()
  }
}
