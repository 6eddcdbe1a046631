import { createServer } from 'node:net'
import { createRates } from '../http/rates.ts'
import { openLedger } from '../monitoring/ledger.ts'
import { instanceName } from '../monitoring/monitor.ts'
import { loadProcessMetrics } from '../monitoring/process-metrics.ts'
import { lazyUsageMeter } from '../monitoring/process-usage.ts'
import { createLogger, makeStateFolder, type RunningServer, startingRoles } from '../serve.ts'
import { describeLimits, type Settings } from '../settings.ts'
import { listenFailure, pause } from '../start-server.ts'
import { createControl, openRoleFile } from '../versions/control.ts'
import { type RolesDescription, roleOf } from '../versions/roles.ts'
import type { Taken } from './calls.ts'
import { divideLimits } from './divide-limits.ts'
import { watchWorkers, workerLiveness } from './watch-workers.ts'
import { createWorkerPool } from './worker-pool.ts'

/** How long a worker may take to tell its counts; what it tells later counts later. */
const takeMs = 1_000

function withinMs<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), ms)
    promise.then(
      (value) => {
        clearTimeout(late)
        resolve(value)
      },
      () => {
        clearTimeout(late)
        resolve(null)
      },
    )
  })
}

/** A port that is free now. */
function freePort({ host }: Settings): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => reject(listenFailure(error, host, 0)))
    probe.listen(0, host, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/**
 * Serves the bundle in `folder` from several processes. This one answers no requests: it owns the port, the state
 * folder and the roles, so that metrics, windows and feedback are one set and outlive any worker.
 *
 * @param entry the file that workers run, this program's own
 * @throws Failure `integrity`, `port-in-use` or `invalid-input`
 */
export async function serveWorkers(
  folder: string,
  entry: string,
  settings: Settings,
  slipwayVersion: string,
): Promise<RunningServer> {
  const logger = createLogger(settings)
  let count = settings.workers
  let ofWorker = divideLimits(settings, count)
  const rates = createRates(settings.ratePerClient)
  await makeStateFolder(settings.stateFolder)
  const file = await openRoleFile(settings.stateFolder, folder)
  const roles = await startingRoles(folder, settings, file)
  const instance = instanceName(settings)
  let described: RolesDescription | null = null
  const ledger = await openLedger({
    settings,
    instance,
    roleOf: (name, version) => (described ? roleOf(described, name, version) : 'active'),
    onError: (error) => logger.error({ err: error }, 'monitoring could not be written'),
  })
  let draining = false
  // Workers ask for a port by its number, so that one that starts later gets the same.
  const port = settings.port === 0 ? await freePort(settings) : settings.port
  const describe = (): RolesDescription => {
    if (described) return described
    throw new Error('No worker has started yet.')
  }

  const add = (id: number, { report, entries }: Taken) => {
    for (const entry of entries) ledger.log.append(entry)
    ledger.add(id, report)
  }
  const collect = async ({ idle = false, all = false } = {}) => {
    await Promise.all(
      [...pool.workers, ...pool.retiring].map(async ({ id, calls }) => {
        // Also what comes too late is added: a worker tells each count once.
        const taking = calls.call('take', { idle, all }).then((taken) => add(id, taken))
        await withinMs(taking, takeMs)
      }),
    )
    ledger.closeWindows(Date.now())
  }
  const everyone = <T>(ask: (worker: (typeof pool.workers)[number]) => Promise<T>) =>
    Promise.all(pool.workers.map(ask))

  const control = createControl({
    roles,
    file,
    holder: {
      async prepare(next, named) {
        await everyone(({ calls }) => calls.call('prepare', { roles: next, named }))
      },
      async commit() {
        // A worker that ends now starts again with the new roles.
        const all = await everyone(({ calls }) => calls.call('commit', null).catch(() => null))
        described = all.find((one) => one !== null) ?? described
      },
      describe,
    },
    drain: async () => {
      draining = true
      await everyone(({ calls }) => calls.call('drain', null).catch(() => null))
    },
    async resize(asked) {
      const before = { count, ofWorker }
      ofWorker = divideLimits(settings, asked)
      count = asked
      try {
        await pool.replace(asked)
      } catch (error) {
        ;({ count, ofWorker } = before)
        throw error
      }
      logger.info({ workers: asked }, 'workers changed')
    },
    async processes() {
      const workers = pool.places.map(async ({ calls, ...place }) => ({
        role: 'worker' as const,
        ...place,
        usage: calls && (await withinMs(calls.call('usage', null), takeMs)),
      }))
      const primary = { role: 'primary' as const, pid: process.pid, state: 'running' as const, since }
      return [{ ...primary, restarts: 0, lastExit: null, usage: usage() }, ...(await Promise.all(workers))]
    },
    onChange: (now) => logger.info({ roles: now }, 'models changed'),
  })
  const ownProcess = loadProcessMetrics()
  const usage = lazyUsageMeter()
  const since = new Date().toISOString()

  const pool = createWorkerPool({
    entry,
    count,
    logger,
    handlers: {
      feedback: (items) => ledger.feedback(items),
      async windows({ since, limit }) {
        await collect({ idle: true })
        return ledger.windows(since, limit)
      },
      async predictions({ since, limit }) {
        await collect({ all: true })
        return ledger.predictions(since, limit)
      },
      async metrics() {
        const values = await Promise.all([
          collect({ all: true }),
          ...pool.workers.map(({ calls }) => withinMs(calls.call('processMetrics', null), takeMs)),
        ])
        const process = await ownProcess
        const texts = values.filter((one) => typeof one === 'object' && one !== null)
        return ledger.metrics() + (await process.text([await process.values(), ...texts]))
      },
      rate: async ({ client, wanted }) => rates.grant(client, wanted),
      describe: async () => describe(),
      change: (change) => control.change(change),
      async drain() {
        await control.drain()
        return null
      },
      async resize(asked) {
        await control.resize(asked)
        return null
      },
      processes: () => control.processes(),
    },
    startOf: async () => ({
      settings: { ...ofWorker, port },
      slipwayVersion,
      instance,
      workers: count,
      idPrefix: await ledger.ids.allot(),
      roles: control.roles,
    }),
    async onStarted({ calls }) {
      if (draining) await calls.call('drain', null)
      // Roles may have changed while it started.
      await calls.call('prepare', { roles: control.roles, named: [] })
      described = await calls.call('commit', null)
    },
    onEnded: ledger.forget,
    async retire({ id, calls }) {
      await calls.call('stopListening', null)
      add(id, await calls.call('finish', null))
    },
  })

  try {
    await pool.start()
  } catch (error) {
    pool.end()
    await ledger.close()
    throw error
  }
  logger.info(describeLimits(settings))
  const timer = setInterval(
    () => {
      collect().catch((error: unknown) => logger.error({ err: error }, 'counts could not be collected'))
    },
    Math.min(250, settings.windowSeconds * 250),
  )
  const endWatch = watchWorkers(() => pool.workers, workerLiveness(settings.requestSeconds), logger)
  return {
    port,
    async stop() {
      clearInterval(timer)
      endWatch()
      pool.stopping()
      // Step by step together: a client that one worker sends away must not be taken by one about to end.
      await everyone(({ calls }) => calls.call('announce', null).catch(() => null))
      await pause(settings.stopDelaySeconds * 1000)
      await everyone(({ calls }) => calls.call('stopListening', null).catch(() => null))
      await everyone(async ({ id, calls }) => {
        const last = await calls.call('finish', null).catch(() => null)
        if (last) add(id, last)
      })
      await pool.retired()
      await ledger.close()
      pool.end()
    },
  }
}
