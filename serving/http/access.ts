import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { openPaths } from '../../shared/bundle/open-paths.ts'
import type { Settings } from '../settings.ts'
import type { Rates } from './rates.ts'
import { Refusal } from './refusal.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Whether a request carries the token, in a header of its own where a client's signature stands in `authorization`, as
 * with OCI's command line; takes as long for a nearly right one as for a wrong one, of any length.
 */
function carries(expected: Buffer, { headers }: FastifyRequest): boolean {
  // The scheme's name may be written in any case (RFC 9110, 11.1); the token may not.
  const given = (headers.authorization ?? '').replace(/^bearer +/i, 'Bearer ')
  const usual = timingSafeEqual(digest(given), expected)
  const apart = headers['x-slipway-token']
  return typeof apart === 'string' ? timingSafeEqual(digest(`Bearer ${apart}`), expected) || usual : usual
}

/** Cross-origin headers for the pages that may call; browsers keep every other page from reading an answer. */
function allowOrigin(request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): boolean {
  const { origin } = request.headers
  if (origin === undefined || !(origins.includes(origin) || origins.includes('*'))) return false
  reply.header('access-control-allow-origin', origins.includes('*') ? '*' : origin)
  reply.header('vary', 'Origin')
  reply.header('access-control-expose-headers', 'x-request-id, x-model-version, retry-after')
  return true
}

/** What a request passes on its way in: `done` takes the refusal of one that may not pass, and is not called after an answer. */
export type AccessStep = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: (refusal?: Error) => void,
) => void

function originStep(origins: readonly string[]): AccessStep {
  return (request, reply, done) => {
    const allowed = allowOrigin(request, reply, origins)
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      if (allowed) {
        reply.header('access-control-allow-methods', 'GET, HEAD, POST')
        reply.header(
          'access-control-allow-headers',
          'authorization, x-slipway-token, content-type, accept, x-request-id',
        )
        reply.header('access-control-max-age', '600')
      }
      reply.code(204).send()
      return
    }
    done()
  }
}

function rateStep(perClient: number, rates: Rates): AccessStep {
  const message = `The limit is ${perClient} requests a second for a client.`
  return (request, reply, done) => {
    const passed = (seconds: number) => {
      if (seconds <= 0) return done()
      reply.header('retry-after', String(Math.ceil(seconds)))
      done(new Refusal(429, 'too_many_requests', message))
    }
    const wait = openPaths.has(request.routeOptions.url ?? '') ? 0 : rates.wait(request.ip)
    if (typeof wait === 'number') passed(wait)
    else wait.then(passed, done)
  }
}

/** Asks for the bearer token. */
function tokenStep(token: string, adminToken: string | null): AccessStep {
  const expected = digest(`Bearer ${token}`)
  return (request, _reply, done) => {
    const { url } = request.routeOptions
    const isAdmin = adminToken !== null && url?.startsWith('/admin/') === true
    if (isAdmin || openPaths.has(url ?? '') || carries(expected, request)) return done()
    const message = 'A bearer token is needed: send "Authorization: Bearer <token>".'
    done(new Refusal(401, 'unauthorized', message))
  }
}

/** Who may ask what: origins, client rates and the bearer token, in that order. There are steps only for what is set. */
export function accessSteps(settings: Settings, rates: Rates): AccessStep[] {
  const { corsOrigins, ratePerClient, token, adminToken } = settings
  return [
    ...(corsOrigins.length > 0 ? [originStep(corsOrigins)] : []),
    ...(ratePerClient > 0 ? [rateStep(ratePerClient, rates)] : []),
    ...(token === null ? [] : [tokenStep(token, adminToken)]),
  ]
}

/**
 * Takes a request through the steps where no hook does.
 *
 * @param done is called once with the first refusal, or none; not at all where a step has answered
 */
export function passSteps(
  steps: readonly AccessStep[],
  request: FastifyRequest,
  reply: FastifyReply,
  done: (refusal?: Error) => void,
): void {
  const [step, ...rest] = steps
  if (!step) {
    done()
    return
  }
  step(request, reply, (refusal) => {
    if (refusal) done(refusal)
    else passSteps(rest, request, reply, done)
  })
}

const loopback = /^(127\.|::1$|::ffff:127\.)/

/**
 * Guards a route for administrators: their own token from anywhere where there is one, else the machine itself.
 * A request from a web page, or one that a proxy passed on, is not from the machine itself.
 */
export function createAdminGuard(settings: Settings): (request: FastifyRequest) => void {
  const expected = settings.adminToken === null ? null : digest(`Bearer ${settings.adminToken}`)
  return (request) => {
    if (expected !== null) {
      if (carries(expected, request)) return
      throw new Refusal(
        401,
        'unauthorized',
        'The administrator\'s token is needed: "Authorization: Bearer <token>".',
      )
    }
    const { headers, socket } = request.raw
    const direct = headers['x-forwarded-for'] === undefined && headers.forwarded === undefined
    if (direct && headers.origin === undefined && loopback.test(socket.remoteAddress ?? '')) return
    throw new Refusal(
      403,
      'forbidden',
      "Without an administrator's token (SLIPWAY_ADMIN_TOKEN) this is taken from the machine itself only.",
    )
  }
}
