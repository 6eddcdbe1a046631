import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { Failure } from '../shared/failure.ts'
import { loadModel } from './bundle/load-model.ts'
import { createServer } from './http/server.ts'
import { openMonitor } from './monitoring/monitor.ts'
import { describeLimits, type Settings } from './settings.ts'

export interface RunningServer {
  port: number
  /** Takes no new requests, finishes those in flight, brings everything to disk. */
  stop(): Promise<void>
}

/** What Node says when it cannot listen, in our words. */
function listenFailure(error: unknown, settings: Settings): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return new Failure(
      'port-in-use',
      `Port ${settings.port} on ${settings.host} is in use by another program.`,
      'Choose another with --port, or stop that program.',
    )
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new Failure(
      'invalid-input',
      `${settings.host}:${settings.port} cannot be listened on (${code}).`,
      'Choose another with --host and --port.',
    )
  }
  return error
}

async function makeStateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new Failure(
      'failed',
      `The state folder ${folder} cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
      'Choose another with --state.',
    )
  }
}

/**
 * Serves the bundle in `folder`; answers when requests are taken.
 *
 * @throws Failure `integrity`, `port-in-use` or `invalid-input`
 */
export async function serve(
  folder: string,
  settings: Settings,
  slipwayVersion: string,
): Promise<RunningServer> {
  // Standard output is for the ready line alone. Writing at once keeps the last lines of a crash.
  const logger = pino({ level: settings.logLevel, base: null }, pino.destination({ dest: 2, sync: true }))
  await makeStateFolder(settings.stateFolder)
  const model = await loadModel(folder)
  const monitor = await openMonitor(model, {
    settings,
    onError: (error) => logger.error({ err: error }, 'monitoring could not be written'),
  })
  const { app, flights } = createServer({ model, monitor, settings, logger, slipwayVersion })
  try {
    await app.listen({
      host: settings.host,
      port: settings.port,
      listenTextResolver: (address) => `listening on ${address}`,
    })
  } catch (error) {
    flights.close()
    await monitor.close()
    throw listenFailure(error, settings)
  }
  const address = app.server.address() as AddressInfo
  logger.info(describeLimits(settings))
  return {
    port: address.port,
    async stop() {
      flights.drain()
      const closed = app.close()
      const deadline = Date.now() + settings.drainSeconds * 1000
      // Connections that have answered what they were asked are kept open by their clients; they are let go.
      while (flights.count > 0 && Date.now() < deadline) {
        app.server.closeIdleConnections()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      if (flights.count > 0) logger.warn({ requests: flights.count }, 'stopped with requests unanswered')
      // Answers that were just handed to the system leave before their connections end.
      await new Promise((resolve) => setTimeout(resolve, 20))
      app.server.closeAllConnections()
      await closed
      flights.close()
      await monitor.close()
    },
  }
}
