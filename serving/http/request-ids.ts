import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** A request whose headers are there, and its body not yet. */
export interface PendingRequest {
  readonly id: string
  readonly url: string
}

/** The id that every answer carries as `x-request-id`, and what a log names its request by. */
export interface RequestIds {
  /** The client's own where it sent one that can be printed, else a new one. */
  of(request: IncomingMessage): string
  /** The request that a connection was in the middle of; null where it was in none, or not past its headers. */
  pending(socket: Socket): PendingRequest | null
  next(): string
}

/** @param instance the deployment's process, so that ids of its replicas differ */
export function createRequestIds(instance: string): RequestIds {
  let requests = 0
  const prefix = `${instance}-${process.pid.toString(36)}-`
  const next = () => prefix + (++requests).toString(36)
  const last = new WeakMap<Socket, { request: IncomingMessage; id: string }>()
  return {
    next,
    of(request) {
      const given = request.headers['x-request-id']
      const id = typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : next()
      last.set(request.socket, { request, id })
      return id
    },
    pending(socket) {
      const { request, id } = last.get(socket) ?? {}
      if (!request || id === undefined || request.complete) return null
      return { id, url: request.url ?? '' }
    },
  }
}
