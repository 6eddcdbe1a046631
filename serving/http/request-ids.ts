import type { IncomingMessage } from 'node:http'

/** The id that every answer carries as `x-request-id`, and what a log names its request by. */
export interface RequestIds {
  /** The client's own where it sent one that can be printed, else a new one. */
  of(request: Pick<IncomingMessage, 'headers'>): string
  next(): string
}

/** @param instance the deployment's process, so that ids of its replicas differ */
export function createRequestIds(instance: string): RequestIds {
  let requests = 0
  const prefix = `${instance}-${process.pid.toString(36)}-`
  const next = () => prefix + (++requests).toString(36)
  return {
    next,
    of({ headers }) {
      const given = headers['x-request-id']
      return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : next()
    },
  }
}
