import { setTimeout as wait } from 'node:timers/promises'
import { afterProbe, hungReason, type LivenessPolicy, type Silence } from '../../shared/liveness.ts'
import { groupProcessorMs } from './processor-time.ts'
import { instanceAt, type ServerIdentity } from './server-process.ts'

/**
 * Probes a running server until it hangs, and gives why it is to be ended; null after the signal. The probe is the
 * server's own liveness route, asked of whichever of its processes takes the connection.
 */
export async function watchLiveness(
  { pid, instance }: ServerIdentity,
  port: number,
  policy: LivenessPolicy,
  signal: AbortSignal,
): Promise<string | null> {
  let silence: Silence | null = null
  for (;;) {
    await wait(policy.everyMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return null
    const answered = (await instanceAt(port)) === instance
    const cpuMs = answered ? null : await groupProcessorMs(pid)
    silence = afterProbe(silence, { at: performance.now(), answered, cpuMs })
    const reason = hungReason(policy, silence)
    if (signal.aborted) return null
    if (reason !== null) return reason
  }
}
