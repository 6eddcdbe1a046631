import { Failure } from '../../shared/failure.ts'
import { createLeasedRates } from '../http/rates.ts'
import { createIdSeries } from '../monitoring/ids.ts'
import { createAnswerSink, type Monitor } from '../monitoring/monitor.ts'
import { createPredictionSample } from '../monitoring/prediction-sample.ts'
import { loadProcessMetrics, type ProcessMetrics } from '../monitoring/process-metrics.ts'
import { lazyUsageMeter } from '../monitoring/process-usage.ts'
import { createTally } from '../monitoring/tally.ts'
import { createLogger, openServed } from '../serve.ts'
import { type ListeningServer, startServer } from '../start-server.ts'
import { openVersions, type Versions } from '../versions/versions.ts'
import {
  type Calls,
  createCalls,
  type PrimaryCalls,
  type Taken,
  type WorkerCalls,
  type WorkerStart,
} from './calls.ts'

interface Running {
  monitor: Monitor
  versions: Versions
  server: ListeningServer
  take(asked: WorkerCalls['take']['asks']): Taken
}

async function start(asked: WorkerStart, primary: Calls<PrimaryCalls>): Promise<Running> {
  const { settings, slipwayVersion, instance, idPrefix, workers, roles } = asked
  const logger = createLogger(settings)
  const tally = createTally(settings.windowSeconds)
  const sample = createPredictionSample(settings.loggedRowsPerSecond)
  const monitor: Monitor = {
    instance,
    tally,
    ...createAnswerSink(createIdSeries(idPrefix, settings.idKey), sample),
    metrics: () => primary.call('metrics', null),
    windows: (since, limit) => primary.call('windows', { since, limit }),
    predictions: (since, limit) => primary.call('predictions', { since, limit }),
    feedback: (items) => primary.call('feedback', items),
    close: async () => tally.close(),
  }
  const versions = await openVersions(roles, (folder) => openServed(folder, settings, monitor, logger))
  const control = {
    describe: () => primary.call('describe', null),
    change: (change: PrimaryCalls['change']['asks']) => primary.call('change', change),
    drain: async () => {
      await primary.call('drain', null)
    },
    resize: async (count: number) => {
      await primary.call('resize', count)
    },
    processes: () => primary.call('processes', null),
  }
  const rates = createLeasedRates(settings.ratePerClient, workers, (client, wanted) =>
    primary.call('rate', { client, wanted }),
  )
  const server = await startServer({ versions, control, rates, monitor, settings, logger, slipwayVersion })
  return {
    monitor,
    versions,
    server,
    take: ({ idle, all }) => ({ report: tally.take(idle), entries: sample.take(all) }),
  }
}

/** Runs one of several processes that share the port. All it counts and keeps goes through the primary. */
export function runWorker(): void {
  let running: Running | null = null
  let processMetrics: Promise<ProcessMetrics> | null = null
  const usage = lazyUsageMeter()
  const current = (): Running => {
    if (running) return running
    throw new Failure('busy', 'The worker has not started yet.', 'Try again.')
  }
  const calls: Calls<PrimaryCalls> = createCalls<WorkerCalls, PrimaryCalls>(
    (envelope) => {
      // The primary may be gone while an answer is on its way; the disconnect ends this process.
      if (process.connected) process.send?.(envelope, undefined, undefined, () => {})
    },
    {
      async start(asked) {
        running = await start(asked, calls)
        return null
      },
      take: async (asked) => current().take(asked),
      async processMetrics() {
        processMetrics ??= loadProcessMetrics()
        return (await processMetrics).values()
      },
      usage: async () => usage(),
      async prepare({ roles, named }) {
        await current().versions.prepare(roles, named)
        return null
      },
      async commit() {
        const { versions } = current()
        versions.commit()
        return versions.describe()
      },
      async drain() {
        current().server.drain()
        return null
      },
      async announce() {
        current().server.announce()
        return null
      },
      async stopListening() {
        current().server.stopListening()
        return null
      },
      async finish() {
        const { server, take } = current()
        await server.finish()
        return take({ idle: false, all: true })
      },
    },
  )
  process.on('message', (message) => calls.receive(message))
  process.on('disconnect', () => process.exit(0))
  // Signals to the whole group reach the workers too; the primary is who ends them, in order.
  process.on('SIGTERM', () => {})
  process.on('SIGINT', () => {})
}
