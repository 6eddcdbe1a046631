import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
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

/**
 * Asks for the bearer token where one is set; null where none is.
 *
 * @throws Refusal 401
 */
export function createTokenCheck(
  settings: Pick<Settings, 'token' | 'adminToken'>,
): ((request: FastifyRequest) => void) | null {
  const { token, adminToken } = settings
  if (token === null) return null
  const expected = digest(`Bearer ${token}`)
  return (request) => {
    const { url } = request.routeOptions
    const isAdmin = adminToken !== null && url?.startsWith('/admin/') === true
    if (isAdmin || openPaths.has(url ?? '') || carries(expected, request)) return
    const message = 'A bearer token is needed: send "Authorization: Bearer <token>".'
    throw new Refusal(401, 'unauthorized', message)
  }
}

/** Who may ask what: origins, client rates and the bearer token, in that order. Hooks are added only where set. */
export function addAccessHooks(
  app: FastifyInstance,
  settings: Settings,
  rates: Rates,
  checkToken: ReturnType<typeof createTokenCheck>,
): void {
  const { corsOrigins, ratePerClient } = settings
  if (corsOrigins.length > 0) {
    app.addHook('onRequest', (request, reply, done) => {
      const allowed = allowOrigin(request, reply, corsOrigins)
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
    })
  }
  if (ratePerClient > 0) {
    const message = `The limit is ${ratePerClient} requests a second for a client.`
    app.addHook('onRequest', (request, reply, done) => {
      const passed = (seconds: number) => {
        if (seconds <= 0) return done()
        reply.header('retry-after', String(Math.ceil(seconds)))
        done(new Refusal(429, 'too_many_requests', message))
      }
      const wait = openPaths.has(request.routeOptions.url ?? '') ? 0 : rates.wait(request.ip)
      if (typeof wait === 'number') passed(wait)
      else wait.then(passed, done)
    })
  }
  if (checkToken !== null) {
    app.addHook('onRequest', (request, _reply, done) => {
      checkToken(request)
      done()
    })
  }
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
