import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a process uses; CPU and delay are to be read against the look before. */
export interface ProcessUsage {
  /** CPU time since the process started, user and system, in seconds. */
  cpuSeconds: number
  /** Resident memory. */
  memoryBytes: number
  /** Longest time that the event loop was late since the last look, in milliseconds. */
  eventLoopDelayMs: number
}

/** A process of a server, as `GET /admin/processes` shows it. */
export interface ServingProcess {
  /** `server` answers alone; `primary` keeps counts and hands connections to `worker`s. */
  role: 'server' | 'primary' | 'worker'
  pid: number | null
  state: 'starting' | 'running' | 'restarting'
  /** ISO time from which it is in this state. */
  since: string
  restarts: number
  /** How it ended last; null while it never did. */
  lastExit: string | null
  /** Null where it cannot tell now. */
  usage: ProcessUsage | null
}

/** Measuring begins with the first look, so that who never looks pays nothing. */
export function createUsageMeter(): () => ProcessUsage {
  const resolution = 20
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  return () => {
    const { user, system } = process.cpuUsage()
    // The histogram holds the time between two ticks of its timer, of which its resolution is not lateness.
    const longest = delay.max > 0 ? delay.max / 1e6 - resolution : 0
    delay.reset()
    return {
      cpuSeconds: (user + system) / 1e6,
      memoryBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: Math.max(0, longest),
    }
  }
}

/** A meter made at the first call. */
export function lazyUsageMeter(): () => ProcessUsage {
  let meter: (() => ProcessUsage) | null = null
  return () => {
    meter ??= createUsageMeter()
    return meter()
  }
}
