import { readFile } from 'node:fs/promises'
import { type AddressInfo, Server as NetServer } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { Failure } from '../shared/failure.ts'
import type { ServerParts, Tls } from './http/server.ts'
import type { Settings } from './settings.ts'

/** One process's share of a server: it listens, and ends without dropping a request. */
export interface ListeningServer {
  port: number
  drain(): void
  /** Says no to readiness probes, and goes on. */
  announce(): void
  /** Takes no new connection. */
  stopListening(): void
  /** Answers what arrives until connections fall silent, then ends. */
  finish(): Promise<void>
}

/** What Node says when it cannot listen, in our words. */
export function listenFailure(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return new Failure(
      'port-in-use',
      `Port ${port} on ${host} is in use by another program.`,
      'Choose another with --port, or stop that program.',
    )
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new Failure(
      'invalid-input',
      `${host}:${port} cannot be listened on (${code}).`,
      'Choose another with --host and --port.',
    )
  }
  return error
}

/** @throws Failure `invalid-input` naming the file that cannot be read */
export async function readTls(settings: Settings): Promise<Tls | null> {
  if (settings.tls === null) return null
  const read = (path: string) =>
    readFile(path).catch((error: unknown) => {
      throw new Failure(
        'invalid-input',
        `The TLS file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
        'Give PEM files with --tls-cert and --tls-key.',
      )
    })
  const [cert, key] = await Promise.all([read(settings.tls.certificate), read(settings.tls.key)])
  return { cert, key }
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** @throws Failure `port-in-use` or `invalid-input` */
export async function startServer(
  parts: Omit<ServerParts, 'tls'> & { logger: FastifyBaseLogger },
): Promise<ListeningServer> {
  const { settings, logger } = parts
  // Loaded here: the primary of several workers answers no request itself.
  const { createServer } = await import('./http/server.ts')
  const { app, flights } = createServer({ ...parts, tls: await readTls(settings) })
  try {
    await app.listen({
      host: settings.host,
      port: settings.port,
      listenTextResolver: (address) => `listening on ${address}`,
    })
  } catch (error) {
    flights.close()
    throw listenFailure(error, settings.host, settings.port)
  }
  const { port } = app.server.address() as AddressInfo
  const connections = () =>
    new Promise<number>((resolve) => app.server.getConnections((_error, count) => resolve(count)))
  return {
    port,
    drain: flights.drain,
    announce: flights.stop,
    stopListening() {
      // Only listening ends here. Closing idle connections as well, as http.Server does, would cut off a request that
      // its client sends at this moment: each connection is closed by its next answer instead.
      NetServer.prototype.close.call(app.server)
    },
    async finish() {
      const deadline = Date.now() + settings.drainSeconds * 1000
      flights.leave()
      const left = performance.now()
      while (Date.now() < deadline) {
        const silentMs = performance.now() - Math.max(left, flights.latest)
        if (flights.count === 0 && (silentMs >= settings.lingerSeconds * 1000 || (await connections()) === 0))
          break
        await pause(10)
      }
      if (flights.count > 0) logger.warn({ requests: flights.count }, 'stopped with requests unanswered')
      app.server.closeIdleConnections()
      // Answers that were just handed to the system leave before their connections end.
      await pause(20)
      app.server.closeAllConnections()
      await app.close()
      flights.close()
    },
  }
}
