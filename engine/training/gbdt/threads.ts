import { startCompanion } from '../threads/companion.ts'
import { createLane, type Lane, type LaneWork } from './lane.ts'
import type { GbdtShared } from './layout.ts'

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
  const { buffer } = shared.memory
  const { control } = shared.layout
  const companion =
    count === 2
      ? startCompanion({ name: 'trainer-helper', module: helperUrl, workerData: shared, buffer, control })
      : null
  return {
    lane,
    run(work, ...args) {
      if (!companion?.ask(work, args)) return [lane.run(work, 0, args), lane.run(work, 1, args)]
      return [lane.run(work, 0, args), companion.wait()]
    },
    close: () => companion?.close(),
  }
}
