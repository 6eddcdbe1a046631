import type { FastifyBaseLogger } from 'fastify'
import pino from 'pino'
import { Failure } from '../shared/failure.ts'
import { loadModel } from './bundle/load-model.ts'
import { monitoredModel } from './bundle/monitored-model.ts'
import { realFolder } from './bundle/real-folder.ts'
import { createRates } from './http/rates.ts'
import { logDestination } from './log-destination.ts'
import { makeFolder } from './make-folder.ts'
import { keepBaseline } from './monitoring/kept-baselines.ts'
import { type Monitor, openMonitor } from './monitoring/monitor.ts'
import { lazyUsageMeter } from './monitoring/process-usage.ts'
import { chooseScoring } from './scoring/choose-scoring.ts'
import { describeLimits, type Settings } from './settings.ts'
import { pause, startServer } from './start-server.ts'
import { createControl, openRoleFile, type RoleFile } from './versions/control.ts'
import { type Roles, roleOf } from './versions/roles.ts'
import { createServedVersion, type ServedVersion } from './versions/served-version.ts'
import { openVersions, type Versions } from './versions/versions.ts'

export interface RunningServer {
  port: number
  /** Takes no new requests, finishes those in flight, brings everything to disk. */
  stop(): Promise<void>
}

export async function makeStateFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
  } catch (error) {
    throw new Failure(
      'failed',
      `The state folder ${folder} cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
      'Choose another with --state.',
    )
  }
}

/** Standard output is for the ready line alone. */
export function createLogger(settings: Settings): FastifyBaseLogger {
  return pino({ level: settings.logLevel, base: null }, logDestination(settings.logFile))
}

/** Roles at start: as an administrator left them, else the bundle itself; settings decide on shadow and canary. */
export async function startingRoles(folder: string, settings: Settings, file: RoleFile): Promise<Roles> {
  const kept = await file.read()
  const shadow = settings.shadow ?? kept?.shadow ?? null
  const canary = settings.canary ?? kept?.canary ?? null
  return {
    active: await realFolder(kept?.active ?? folder),
    shadow: shadow && (await realFolder(shadow)),
    canary: canary && { ...canary, folder: await realFolder(canary.folder) },
  }
}

/** Loads a bundle folder's version, checked, for a process that answers with it. */
export async function openServed(
  folder: string,
  settings: Settings,
  monitor: Monitor,
  logger: FastifyBaseLogger,
): Promise<ServedVersion> {
  const model = await loadModel(folder)
  await keepBaseline(settings.stateFolder, monitoredModel(model))
  const shown = settings.loggedColumns.filter((column) => !settings.redactedColumns.includes(column))
  return createServedVersion(
    model,
    await chooseScoring(model, settings.batching, {
      tally: monitor.tally,
      onThreadEnd: (error) => logger.error({ err: error }, 'the scoring thread ended and is started again'),
    }),
    monitor,
    shown,
  )
}

/**
 * Serves the bundle in `folder` from this process; answers when requests are taken.
 *
 * @throws Failure `integrity`, `port-in-use` or `invalid-input`
 */
export async function serve(
  folder: string,
  settings: Settings,
  slipwayVersion: string,
  logger: FastifyBaseLogger = createLogger(settings),
): Promise<RunningServer> {
  await makeStateFolder(settings.stateFolder)
  const file = await openRoleFile(settings.stateFolder, folder)
  let versions: Versions | null = null
  const usage = lazyUsageMeter()
  const since = new Date().toISOString()
  const monitor = await openMonitor({
    settings,
    roleOf: (name, version) => (versions ? roleOf(versions.describe(), name, version) : 'active'),
    onError: (error) => logger.error({ err: error }, 'monitoring could not be written'),
  })
  try {
    const roles = await startingRoles(folder, settings, file)
    const serving = await openVersions(roles, (one) => openServed(one, settings, monitor, logger))
    versions = serving
    const control = createControl({
      roles,
      file,
      holder: {
        prepare: serving.prepare,
        commit: async () => serving.commit(),
        describe: serving.describe,
      },
      drain: async () => server.drain(),
      resize: async () => {
        throw new Failure(
          'conflict',
          'This server is one process, which keeps its port itself.',
          'Start it with --workers 2 or more, or with SLIPWAY_PRIMARY=1.',
        )
      },
      processes: async () => [
        {
          role: 'server',
          pid: process.pid,
          state: 'running',
          since,
          restarts: 0,
          lastExit: null,
          usage: usage(),
        },
      ],
      onChange: (now) => logger.info({ roles: now }, 'models changed'),
    })
    const server = await startServer({
      versions: serving,
      control,
      rates: createRates(settings.ratePerClient),
      monitor,
      settings,
      logger,
      slipwayVersion,
    })
    logger.info(describeLimits(settings))
    return {
      port: server.port,
      async stop() {
        server.announce()
        await pause(settings.stopDelaySeconds * 1000)
        server.stopListening()
        await server.finish()
        await monitor.close()
        serving.close()
      },
    }
  } catch (error) {
    await monitor.close()
    versions?.close()
    throw error
  }
}
