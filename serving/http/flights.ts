import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Monitor } from '../monitoring/monitor.ts'
import type { Settings } from '../settings.ts'
import { type Protocol, Refusal } from './refusal.ts'

/** A prediction request from its arrival to its answer. */
export interface Flight {
  readonly protocol: Protocol
  readonly arrived: number
  readonly reply: FastifyReply
  bytesIn: number
}

declare module 'fastify' {
  interface FastifyContextConfig {
    protocol?: Protocol
  }
  interface FastifyRequest {
    flight: Flight | null
  }
}

/** Admits prediction requests, limits how many there are at once and how long they take, and counts their answers. */
export interface Flights {
  readonly count: number
  /** @throws Refusal 429 above the limit, 503 while draining */
  admit(request: FastifyRequest, reply: FastifyReply): void
  /** Counts an answer once; a request that was refused before it was admitted is counted as well. */
  answered(request: FastifyRequest, status: number, bytesOut: number): void
  drain(): void
  readonly draining: boolean
  close(): void
}

export function createFlights(
  settings: Pick<Settings, 'inflightRequests' | 'requestSeconds'>,
  monitor: Monitor,
  onLate: (request: FastifyRequest, reply: FastifyReply, refusal: Refusal) => void,
  now: () => number = () => performance.now(),
): Flights {
  const flights = new Map<FastifyRequest, Flight>()
  let draining = false
  const { metrics } = monitor

  // Scoring never waits, so what takes long is a body that arrives slowly: that request is told so and let go.
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
    get draining() {
      return draining
    },
    admit(request, reply) {
      const protocol = request.routeOptions.config.protocol ?? 'predict'
      metrics.requests[protocol]++
      if (draining) throw new Refusal(503, 'draining', 'The server is stopping and takes no new requests.')
      if (flights.size >= settings.inflightRequests) {
        const message = `${settings.inflightRequests} requests are being answered already.`
        throw new Refusal(429, 'too_many_requests', message)
      }
      const flight: Flight = { protocol, arrived: now(), reply, bytesIn: 0 }
      request.flight = flight
      flights.set(request, flight)
      metrics.inflight = flights.size
    },
    answered(request, status, bytesOut) {
      const { flight } = request
      if (flight === null) {
        monitor.answered(status, 0, 0, bytesOut)
        return
      }
      if (!flights.delete(request)) return
      metrics.inflight = flights.size
      monitor.answered(status, (now() - flight.arrived) / 1000, flight.bytesIn, bytesOut)
    },
    drain() {
      draining = true
    },
    close() {
      clearInterval(sweep)
    },
  }
}
