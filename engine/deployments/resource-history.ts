import type { ResourceSample, ServingProcess } from '../../shared/contract/deployments.ts'

/** Five minutes when looked at every two seconds. */
const samplesKept = 150
/** Looks closer together than this would measure CPU time over too short a time. */
const shortestMs = 500

/** What the processes of one deployment used, look by look. */
export interface ResourceHistory {
  /** Adds a look, unless the last one has just been. */
  add(processes: readonly ServingProcess[], at: number): void
  readonly samples: readonly ResourceSample[]
}

export function createResourceHistory(): ResourceHistory {
  let samples: ResourceSample[] = []
  let last: { at: number; cpuSeconds: ReadonlyMap<number, number> } | null = null
  return {
    add(processes, at) {
      if (last && at - last.at < shortestMs) return
      const cpuSeconds = new Map<number, number>()
      let used = 0
      let memoryBytes = 0
      let eventLoopDelayMs = 0
      for (const { pid, usage } of processes) {
        if (pid === null || usage === null) continue
        cpuSeconds.set(pid, usage.cpuSeconds)
        // A process that was not there at the last look has used all of its time since.
        used += usage.cpuSeconds - (last?.cpuSeconds.get(pid) ?? 0)
        memoryBytes += usage.memoryBytes
        eventLoopDelayMs = Math.max(eventLoopDelayMs, usage.eventLoopDelayMs)
      }
      const cpu = last === null ? null : used / ((at - last.at) / 1000)
      samples = [...samples, { at, cpu, memoryBytes, eventLoopDelayMs }].slice(-samplesKept)
      last = { at, cpuSeconds }
    },
    get samples() {
      return samples
    },
  }
}
