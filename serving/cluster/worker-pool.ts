import cluster, { type Worker } from 'node:cluster'
import type { FastifyBaseLogger } from 'fastify'
import {
  type Calls,
  createCalls,
  type Handlers,
  type PrimaryCalls,
  type WorkerCalls,
  type WorkerStart,
} from './calls.ts'

/** A worker that answers requests. */
export interface PooledWorker {
  readonly id: number
  readonly calls: Calls<WorkerCalls>
}

/** Processes that share the port. One that ends is started again, later each time it ends soon. */
export interface WorkerPool {
  readonly workers: readonly PooledWorker[]
  /** Starts them all. @throws Failure when one cannot start */
  start(): Promise<void>
  /** Starts none any more. */
  stopping(): void
  end(): void
}

const firstDelayMs = 100
const longestDelayMs = 10_000
/** A worker that lived so long begins with the shortest delay again. */
const steadyMs = 10_000

export function createWorkerPool(parts: {
  entry: string
  count: number
  logger: FastifyBaseLogger
  handlers: Handlers<PrimaryCalls>
  /** What the next worker starts with, made anew for each. */
  startOf: () => Promise<WorkerStart>
  onStarted: (worker: PooledWorker) => Promise<void>
  onEnded: (id: number) => void
}): WorkerPool {
  const { count, logger, handlers, startOf, onStarted, onEnded } = parts
  // Handed out in turn, so that each worker gets its share. The connection on its way to a worker at the moment that
  // it is killed stays unanswered until its client gives up; those it has accepted are reset at once.
  cluster.setupPrimary({ exec: parts.entry, args: process.argv.slice(2), serialization: 'advanced' })
  let workers: PooledWorker[] = []
  const processes = new Set<Worker>()
  let stopping = false

  const fork = async (delayMs: number): Promise<void> => {
    const child = cluster.fork()
    const begun = performance.now()
    processes.add(child)
    const calls: Calls<WorkerCalls> = createCalls<PrimaryCalls, WorkerCalls>((envelope) => {
      // A worker that was killed cannot be told; its exit refuses what is open.
      if (child.isConnected()) child.send(envelope, () => {})
    }, handlers)
    const worker: PooledWorker = { id: child.id, calls }
    child.on('message', (message: unknown) => calls.receive(message))
    child.on('error', () => {})
    let started = false
    child.once('exit', (code, signal) => {
      processes.delete(child)
      workers = workers.filter((one) => one !== worker)
      calls.end(`Worker ${child.process.pid} ended.`)
      onEnded(worker.id)
      if (stopping || !started) return
      const lived = performance.now() - begun
      const wait = lived > steadyMs ? firstDelayMs : Math.min(delayMs * 2, longestDelayMs)
      logger.warn({ pid: child.process.pid, code, signal, restartInMs: wait }, 'a worker ended')
      again(wait)
    })
    try {
      await calls.call('start', await startOf())
      await onStarted(worker)
    } catch (error) {
      child.process.kill('SIGKILL')
      throw error
    }
    workers = [...workers, worker]
    started = true
  }
  const again = (delayMs: number) => {
    setTimeout(() => {
      if (stopping) return
      fork(delayMs).catch((error: unknown) => {
        logger.error({ err: error }, 'a worker could not be started again')
        again(Math.min(delayMs * 2, longestDelayMs))
      })
    }, delayMs)
  }

  return {
    get workers() {
      return workers
    },
    async start() {
      await Promise.all(Array.from({ length: count }, () => fork(firstDelayMs)))
    },
    stopping() {
      stopping = true
    },
    end() {
      stopping = true
      for (const child of processes) child.process.kill('SIGKILL')
    },
  }
}
