import { wrongUsage } from '../setting-values.ts'
import type { Settings } from '../settings.ts'

/**
 * The settings of one of `count` workers: what is limited for the whole server is divided between them, so that
 * together they never exceed it.
 *
 * @throws Failure `invalid-input` for a limit that is below one for each worker
 */
export function divideLimits(settings: Settings, count: number): Settings {
  const share = (limit: number, name: string): number => {
    if (limit >= count) return Math.floor(limit / count)
    throw wrongUsage(`${name} is ${limit}, expected at least 1 for each of the ${count} workers.`)
  }
  return {
    ...settings,
    inflightRequests: share(settings.inflightRequests, 'SLIPWAY_INFLIGHT'),
    connections: share(settings.connections, 'SLIPWAY_CONNECTIONS'),
    batching: {
      ...settings.batching,
      queuedRows: share(settings.batching.queuedRows, 'SLIPWAY_QUEUE_ROWS'),
    },
    // Rows that are not logged are counted all the same: none at all would lose feedback.
    loggedRowsPerSecond: Math.ceil(settings.loggedRowsPerSecond / count),
  }
}
