/**
 * HOT LOOP: hands work to a second thread within about a microsecond (benchmarks: bench/gbdt.ts, bench/mlp.ts).
 *
 * Only for threads that may sleep: whoever waits does so without returning to its event loop.
 */
import { Worker } from 'node:worker_threads'
import { openControl, places, stopWork, whileEqual } from './control.ts'

export interface Companion {
  /** Hands over one piece of work. False, and nothing was handed over, until the thread is up and where it is not. */
  ask(work: number, args: readonly number[]): boolean
  /** Waits for the work last asked for; answers the number that came of it. */
  wait(): number
  close(): void
}

export interface CompanionParts {
  name: string
  /** A module that calls `serveCompanion`. */
  module: URL
  workerData: unknown
  buffer: ArrayBufferLike
  /** Where its control block begins in `buffer`: `controlBytes` of zeros. */
  control: number
}

export function startCompanion({ name, module, workerData, buffer, control }: CompanionParts): Companion {
  const { flags, args: given, result } = openControl(buffer, control)
  const worker = new Worker(module, { workerData, name })
  worker.unref()
  // Not ready is not asked: the work goes on without it.
  worker.on('error', () => Atomics.store(flags, places.ready, 0))
  let turn = 0
  const ask = (work: number, args: readonly number[]): boolean => {
    if (Atomics.load(flags, places.ready) === 0) return false
    flags[places.work] = work
    given.set(args)
    turn = Atomics.add(flags, places.asked, 1) + 1
    Atomics.notify(flags, places.asked)
    return true
  }
  return {
    ask,
    wait() {
      for (let seen = Atomics.load(flags, places.answered); seen !== turn; ) {
        seen = whileEqual(flags, places.answered, seen)
      }
      return result[0]!
    },
    close() {
      if (!ask(stopWork, [])) void worker.terminate()
    },
  }
}
