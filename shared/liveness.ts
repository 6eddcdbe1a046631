import { z } from 'zod'

/** When a process that answers no probe is taken for hung, and ended. */
export const livenessPolicySchema = z.strictObject({
  /** Time between two probes. */
  everyMs: z.number().min(1),
  /** One that answers nothing for so long while it uses hardly any processor time is stopped or stuck. */
  stuckMs: z.number().min(1),
  /** One that answers nothing for so long is hung whatever it does: no request may take that time. */
  silentMs: z.number().min(1),
})
export type LivenessPolicy = z.infer<typeof livenessPolicySchema>

/** A request may take a minute (`SLIPWAY_REQUEST_SECONDS`), so that silence at work is borne for two. */
export const usualLiveness: LivenessPolicy = { everyMs: 2_000, stuckMs: 10_000, silentMs: 120_000 }

/** One probe, and what was known of the process at its end. */
export interface Probe {
  /** Milliseconds on any one clock. */
  at: number
  answered: boolean
  /** Processor time since the process began, in milliseconds; null where the system does not tell. */
  cpuMs: number | null
}

/** How a process has been silent; null while it answers. */
export interface Silence {
  since: number
  /** Since when it has used hardly any processor time. */
  idleSince: number
  /** The last probe's. */
  at: number
  cpuMs: number | null
}

/** Below this share of one core a process is idle: timers alone use less, a request at work far more. */
const idleShare = 0.03

/** What is known after one more probe. A process whose processor time is unknown counts as being at work. */
export function afterProbe(before: Silence | null, { at, answered, cpuMs }: Probe): Silence | null {
  if (answered) return null
  if (before === null) return { since: at, idleSince: at, at, cpuMs }
  const used = cpuMs === null || before.cpuMs === null ? Number.POSITIVE_INFINITY : cpuMs - before.cpuMs
  const isIdle = used < (at - before.at) * idleShare
  return { since: before.since, idleSince: isIdle ? before.idleSince : at, at, cpuMs }
}

/** Why a process is taken for hung; null while it is not. */
export function hungReason(policy: LivenessPolicy, silence: Silence | null): string | null {
  if (silence === null) return null
  const silentMs = silence.at - silence.since
  const said = (ms: number) => `it answered nothing for ${Math.round(ms / 100) / 10} s`
  if (silentMs >= policy.silentMs) return said(silentMs)
  const idleMs = silence.at - silence.idleSince
  return idleMs >= policy.stuckMs ? `${said(silentMs)} and did nothing` : null
}
