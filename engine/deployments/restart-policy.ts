import { z } from 'zod'

/** When a process that ended by itself is started again. */
export const restartPolicySchema = z.strictObject({
  /** Restarts one after another at most; then the deployment has failed. */
  atMost: z.number().int().min(0).max(1000),
  /** The first pause; each further one in a row is twice as long. */
  firstDelayMs: z.number().min(1),
  longestDelayMs: z.number().min(1),
  /** A process that ran so long was well: the next end counts as the first in a row. */
  steadyMs: z.number().min(1),
})
export type RestartPolicy = z.infer<typeof restartPolicySchema>

/** Half a second, 1, 2, 4, 8, 16, 30 and 30 seconds: it gives up a minute and a half after the first end. */
export const usualRestarts: RestartPolicy = {
  atMost: 8,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  steadyMs: 60_000,
}

export type AfterEnd =
  | { type: 'restart' /** Restarts in a row with this one, from 1. */; inARow: number; delayMs: number }
  | { type: 'give-up' }

/**
 * What to do when a process ended by itself.
 *
 * @param inARow restarts in a row that led to the process, 0 for one that was started by hand
 * @param ranMs how long it ran
 */
export function afterEnd(policy: RestartPolicy, inARow: number, ranMs: number): AfterEnd {
  const before = ranMs >= policy.steadyMs ? 0 : inARow
  if (before >= policy.atMost) return { type: 'give-up' }
  const delayMs = Math.min(policy.firstDelayMs * 2 ** before, policy.longestDelayMs)
  return { type: 'restart', inARow: before + 1, delayMs }
}
