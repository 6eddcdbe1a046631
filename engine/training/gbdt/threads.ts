import { Worker } from 'node:worker_threads'
import { createLane, type Lane, type LaneWork, laneWork } from './lane.ts'
import type { GbdtShared } from './layout.ts'

/** Places in the control block, as int32. */
export const controlPlaces = { ready: 0, asked: 1, answered: 2, work: 3, args: 4, resultByte: 64 } as const

/** Rounds of looking before a thread goes to sleep: work often follows work within microseconds. */
export const spins = 2_000

export interface GbdtThreads {
  lane: Lane
  /** Does both parts of the work, the second beside the first when there is a second thread. */
  run(work: LaneWork, ...args: readonly number[]): [first: number, second: number]
  close(): void
}

/** Beside this file: the source in a checkout, the bundle beside the engine's bundle when built. */
const helperUrl = new URL(
  import.meta.url.endsWith('.ts') ? './helper.ts' : './gbdt-helper.mjs',
  import.meta.url,
)

/**
 * Opens the calling thread's lane and, with two threads, starts another. Until that is up, and where it cannot be
 * started, the caller does both parts. Only for a thread that may sleep: it waits without returning to its event loop.
 */
export function openThreads(shared: GbdtShared, count: 1 | 2): GbdtThreads {
  const lane = createLane(shared)
  const control = new Int32Array(shared.memory.buffer, shared.layout.control, 16)
  const result = new Float64Array(shared.memory.buffer, shared.layout.control + controlPlaces.resultByte, 1)
  const { ready, asked, answered } = controlPlaces
  const helper = count === 2 ? new Worker(helperUrl, { workerData: shared, name: 'trainer-helper' }) : null
  helper?.unref()
  // Not ready is not asked: training goes on alone.
  helper?.on('error', () => Atomics.store(control, ready, 0))
  const ask = (work: LaneWork, args: readonly number[]): number => {
    control[controlPlaces.work] = work
    args.forEach((value, i) => {
      control[controlPlaces.args + i] = value
    })
    const turn = Atomics.add(control, asked, 1) + 1
    Atomics.notify(control, asked)
    return turn
  }
  const waitFor = (turn: number) => {
    for (let spin = 0; spin < spins; spin++) if (Atomics.load(control, answered) === turn) return
    for (;;) {
      const seen = Atomics.load(control, answered)
      if (seen === turn) return
      Atomics.wait(control, answered, seen)
    }
  }
  return {
    lane,
    run(work, ...args) {
      if (Atomics.load(control, ready) === 0) return [lane.run(work, 0, args), lane.run(work, 1, args)]
      const turn = ask(work, args)
      const first = lane.run(work, 0, args)
      waitFor(turn)
      return [first, result[0]!]
    },
    close() {
      if (helper && Atomics.load(control, ready) === 1) ask(laneWork.stop, [])
      else void helper?.terminate()
    },
  }
}
