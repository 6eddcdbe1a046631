import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Tally } from '../monitoring/tally.ts'
import type { Settings } from '../settings.ts'
import type { ServedVersion } from '../versions/served-version.ts'
import type { Versions } from '../versions/versions.ts'
import { type Protocol, Refusal } from './refusal.ts'

/** A request of a prediction, or with feedback, from its arrival to its answer. */
export interface Flight {
  /** Null for feedback, which is no prediction and not counted as one. */
  readonly protocol: Protocol | null
  readonly arrived: number
  readonly reply: FastifyReply
  /** The version that answers it. */
  version: ServedVersion
  bytesIn: number
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route that predicts. */
    protocol?: Protocol
  }
  interface FastifyRequest {
    flight: Flight | null
  }
}

/** Admits requests, limits how many there are at once and how long they take, and counts the answers of predictions. */
export interface Flights {
  readonly count: number
  /** Arrival of the latest request, on the clock of `performance.now`. */
  readonly latest: number
  /**
   * Once drained, what comes with feedback is still taken: nobody else knows the predictions that were made here.
   *
   * @throws Refusal 429 above the limit, 503 for a prediction once drained
   */
  admit(request: FastifyRequest, reply: FastifyReply): void
  /**
   * Counts an answer once; a request that was refused before it was admitted is counted as well.
   * False for a request that has been answered already, by a timeout.
   */
  answered(request: FastifyRequest, status: number, bytesOut: number): boolean
  /** No new prediction is taken from now on; what is in flight is finished. */
  drain(): void
  readonly draining: boolean
  /** The server is about to end: readiness says no. */
  stop(): void
  readonly stopping: boolean
  /** No connection is taken any more: every answer ends its own. */
  leave(): void
  readonly leaving: boolean
  close(): void
}

export function createFlights(
  settings: Pick<Settings, 'inflightRequests' | 'requestSeconds'>,
  parts: { versions: Versions; tally: Tally },
  onLate: (request: FastifyRequest, reply: FastifyReply, refusal: Refusal) => void,
  now: () => number = () => performance.now(),
): Flights {
  const { versions, tally } = parts
  const flights = new Map<FastifyRequest, Flight>()
  let draining = false
  let latest = now()
  let stopping = false
  let leaving = false

  // What takes long is a body that arrives slowly, or a queue: that request is told so and let go.
  const sweep = setInterval(
    () => {
      const oldest = now() - settings.requestSeconds * 1000
      for (const [request, flight] of flights) {
        if (flight.arrived > oldest) break
        const message = `The request took longer than ${settings.requestSeconds} s.`
        onLate(request, flight.reply, new Refusal(504, 'timeout', message))
      }
    },
    Math.min(1000, settings.requestSeconds * 250),
  )
  sweep.unref()

  return {
    get count() {
      return flights.size
    },
    get latest() {
      return latest
    },
    get draining() {
      return draining
    },
    get stopping() {
      return stopping
    },
    admit(request, reply) {
      const protocol = request.routeOptions.config.protocol ?? null
      if (draining && protocol !== null)
        throw new Refusal(503, 'draining', 'The server is stopping and takes no new requests.')
      if (flights.size >= settings.inflightRequests) {
        const message = `${settings.inflightRequests} requests are being answered already.`
        throw new Refusal(429, 'too_many_requests', message)
      }
      latest = now()
      const flight: Flight = {
        protocol,
        arrived: latest,
        reply,
        version: versions.choose(request.id),
        bytesIn: 0,
      }
      request.flight = flight
      flights.set(request, flight)
      tally.now.inflight = flights.size
    },
    answered(request, status, bytesOut) {
      const { flight } = request
      if (flight === null) {
        const protocol = request.routeOptions.config.protocol ?? 'predict'
        versions.active.tally.answered(protocol, status, 0, 0, bytesOut)
        return true
      }
      if (!flights.delete(request)) return false
      tally.now.inflight = flights.size
      if (flight.protocol === null) return true
      const seconds = (now() - flight.arrived) / 1000
      flight.version.tally.answered(flight.protocol, status, seconds, flight.bytesIn, bytesOut)
      return true
    },
    drain() {
      draining = true
    },
    get leaving() {
      return leaving
    },
    stop() {
      stopping = true
    },
    leave() {
      leaving = true
    },
    close() {
      clearInterval(sweep)
    },
  }
}
