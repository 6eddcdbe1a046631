import cluster, { type Worker } from 'node:cluster'
import type { FastifyBaseLogger } from 'fastify'
import type { ServingProcess } from '../monitoring/process-usage.ts'
import { closeAbandoned } from './abandoned-connections.ts'
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
  readonly pid: number
  readonly calls: Calls<WorkerCalls>
  /** Ends it at once; its place starts it again. */
  kill(): void
}

/** One worker's place in the pool, whether or not a process fills it now. */
export interface WorkerPlace {
  pid: number | null
  state: ServingProcess['state']
  /** ISO time from which it is in this state. */
  since: string
  restarts: number
  lastExit: string | null
  calls: Calls<WorkerCalls> | null
}

/** Processes that share the port. One that ends is started again, later each time it ends soon. */
export interface WorkerPool {
  /** Those that take requests. */
  readonly workers: readonly PooledWorker[]
  /** Those that finish what they have, and then end. */
  readonly retiring: readonly PooledWorker[]
  /** As many as there are to be. */
  readonly places: readonly WorkerPlace[]
  /** Starts them all. @throws Failure when one cannot start */
  start(): Promise<void>
  /**
   * Puts so many new ones in the places of all: these take requests before the former ones are told to end.
   *
   * @throws Failure when one cannot start; the former ones go on then
   */
  replace(count: number): Promise<void>
  /** When all that were replaced have ended. */
  retired(): Promise<void>
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
  /** Lets one that is replaced finish what it has. */
  retire: (worker: PooledWorker) => Promise<void>
}): WorkerPool {
  const { count, logger, handlers, startOf, onStarted, onEnded, retire } = parts
  // Connections are handed out in turn, so that each worker gets its share.
  cluster.setupPrimary({ exec: parts.entry, args: process.argv.slice(2), serialization: 'advanced' })
  let workers: PooledWorker[] = []
  let retiring: PooledWorker[] = []
  const retirements = new Set<Promise<unknown>>()
  const processes = new Set<Worker>()
  let stopping = false

  const newPlaces = (length: number): WorkerPlace[] =>
    Array.from({ length }, () => {
      const since = new Date().toISOString()
      return { pid: null, state: 'starting', since, restarts: 0, lastExit: null, calls: null }
    })
  let places = newPlaces(count)
  const enter = (place: WorkerPlace, state: WorkerPlace['state'], more: Partial<WorkerPlace>) =>
    Object.assign(place, { state, since: new Date().toISOString(), ...more })

  const fork = async (place: WorkerPlace, delayMs: number): Promise<void> => {
    const child = cluster.fork()
    place.pid = child.process.pid ?? null
    const begun = performance.now()
    processes.add(child)
    closeAbandoned(child.process)
    const calls: Calls<WorkerCalls> = createCalls<PrimaryCalls, WorkerCalls>((envelope) => {
      // A worker that was killed cannot be told; its exit refuses what is open.
      if (child.isConnected()) child.send(envelope, () => {})
    }, handlers)
    const worker: PooledWorker = {
      id: child.id,
      pid: child.process.pid ?? 0,
      calls,
      kill: () => child.process.kill('SIGKILL'),
    }
    child.on('message', (message: unknown) => calls.receive(message))
    child.on('error', () => {})
    let started = false
    child.once('exit', (code, signal) => {
      processes.delete(child)
      workers = workers.filter((one) => one !== worker)
      retiring = retiring.filter((one) => one !== worker)
      calls.end(`Worker ${child.process.pid} ended.`)
      onEnded(worker.id)
      if (stopping || !started || !places.includes(place)) return
      const lived = performance.now() - begun
      const wait = lived > steadyMs ? firstDelayMs : Math.min(delayMs * 2, longestDelayMs)
      logger.warn({ pid: child.process.pid, code, signal, restartInMs: wait }, 'a worker ended')
      const lastExit = signal === null ? `ended with code ${code}` : `ended by ${signal}`
      enter(place, 'restarting', { pid: null, calls: null, lastExit, restarts: place.restarts + 1 })
      again(place, wait)
    })
    try {
      await calls.call('start', await startOf())
      await onStarted(worker)
    } catch (error) {
      child.process.kill('SIGKILL')
      throw error
    }
    if (!places.includes(place)) {
      // Replaced while it was starting again.
      child.process.kill('SIGKILL')
      return
    }
    workers = [...workers, worker]
    started = true
    enter(place, 'running', { calls })
  }
  const again = (place: WorkerPlace, delayMs: number) => {
    setTimeout(() => {
      if (stopping || !places.includes(place)) return
      fork(place, delayMs).catch((error: unknown) => {
        logger.error({ err: error }, 'a worker could not be started again')
        place.pid = null
        again(place, Math.min(delayMs * 2, longestDelayMs))
      })
    }, delayMs)
  }

  return {
    get places() {
      return places
    },
    get workers() {
      return workers
    },
    get retiring() {
      return retiring
    },
    async start() {
      await Promise.all(places.map((place) => fork(place, firstDelayMs)))
    },
    async replace(length) {
      const before = places
      const next = newPlaces(length)
      places = [...before, ...next]
      const started = await Promise.allSettled(next.map((place) => fork(place, firstDelayMs)))
      const failed = started.find((one) => one.status === 'rejected')
      places = failed ? before : next
      const kept = new Set(places.map(({ calls }) => calls))
      const leaving = workers.filter(({ calls }) => !kept.has(calls))
      workers = workers.filter((worker) => !leaving.includes(worker))
      retiring = [...retiring, ...leaving]
      for (const worker of leaving) {
        // One that ended by itself has nothing more to finish.
        const retirement = retire(worker)
          .catch(() => {})
          .then(worker.kill)
        retirements.add(retirement)
        retirement.then(() => retirements.delete(retirement))
      }
      if (failed) throw failed.reason
    },
    stopping() {
      stopping = true
    },
    async retired() {
      await Promise.all(retirements)
    },
    end() {
      stopping = true
      for (const child of processes) child.process.kill('SIGKILL')
    },
  }
}
