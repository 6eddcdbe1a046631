import type { FastifyBaseLogger } from 'fastify'
import { afterProbe, hungReason, type LivenessPolicy, type Silence } from '../../shared/liveness.ts'
import { processorMs } from './processor-time.ts'
import type { PooledWorker } from './worker-pool.ts'

/** How long a worker may take to answer a probe. */
const probeMs = 1_000

/** Well before the keeper of a deployment would take the whole server for hung, most of whose connections are answered. */
export const workerLiveness = (requestSeconds: number): LivenessPolicy => ({
  everyMs: 500,
  stuckMs: 4_000,
  silentMs: Math.max(2 * requestSeconds, 30) * 1000,
})

function answersInTime({ calls }: PooledWorker): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), probeMs)
    calls.call('usage', null).then(
      () => {
        clearTimeout(late)
        resolve(true)
      },
      // One that is gone is no hung one: its place knows of its end.
      () => {
        clearTimeout(late)
        resolve(true)
      },
    )
  })
}

/** Ends workers that hang, whose places then start them again. The answer ends the watch. */
export function watchWorkers(
  workers: () => readonly PooledWorker[],
  policy: LivenessPolicy,
  logger: FastifyBaseLogger,
): () => void {
  const silences = new Map<number, Silence>()
  let over = false
  const probe = async (worker: PooledWorker) => {
    const answered = await answersInTime(worker)
    const cpuMs = answered ? null : await processorMs(worker.pid)
    const at = performance.now()
    const silence = afterProbe(silences.get(worker.id) ?? null, { at, answered, cpuMs })
    if (silence === null) silences.delete(worker.id)
    else silences.set(worker.id, silence)
    const reason = hungReason(policy, silence)
    if (reason === null || over) return
    silences.delete(worker.id)
    logger.warn({ pid: worker.pid }, `a worker is ended: ${reason}`)
    worker.kill()
  }
  const turn = async () => {
    await Promise.all(workers().map(probe))
    if (!over) timer = setTimeout(turn, policy.everyMs)
  }
  let timer = setTimeout(turn, policy.everyMs)
  return () => {
    over = true
    clearTimeout(timer)
  }
}
