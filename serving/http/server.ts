import { timingSafeEqual } from 'node:crypto'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { Monitor } from '../monitoring/monitor.ts'
import type { Settings } from '../settings.ts'
import { descriptionRoutes } from './description-routes.ts'
import { createFlights, type Flights } from './flights.ts'
import { healthRoutes } from './health-routes.ts'
import { inferenceRoutes } from './inference-routes.ts'
import { monitoringRoutes } from './monitoring-routes.ts'
import { predictRoutes } from './predict-routes.ts'
import { createPredicting } from './predicting.ts'
import { type Protocol, Refusal, refusalBody } from './refusal.ts'

export interface ServerParts {
  model: LoadedModel
  monitor: Monitor
  settings: Settings
  logger: FastifyBaseLogger
  slipwayVersion: string
}

export interface Server {
  app: FastifyInstance
  flights: Flights
}

/** What every route file needs. */
export interface RouteParts extends ServerParts {
  app: FastifyInstance
  flights: Flights
}

/** Routes that answer without a token, so that probes need none. */
const open = new Set([
  '/health',
  '/health/live',
  '/health/ready',
  '/ping',
  '/v2/health/live',
  '/v2/health/ready',
])

const jsonType = 'application/json; charset=utf-8'

function protocolOf(request: FastifyRequest): Protocol {
  const known = request.routeOptions.config?.protocol
  if (known) return known
  if (request.url.startsWith('/v2')) return 'inference'
  return request.url.startsWith('/invocations') ? 'mlflow' : 'predict'
}

/** What Fastify and Node say about a request, in our words. */
function refusalOf(error: unknown, settings: Settings): Refusal | null {
  if (error instanceof Refusal) return error
  if (!(error instanceof Error)) return null
  const code = 'code' in error ? error.code : undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Refusal(413, 'too_large', `The body is over the limit of ${settings.bodyBytes} bytes.`)
  }
  if (code === 'ENOSPC') {
    return new Refusal(
      507,
      'internal',
      `The disk of the state folder ${settings.stateFolder} is full: nothing was kept.`,
    )
  }
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Refusal(status, 'invalid_request', error.message)
  }
  return null
}

function assertToken(token: string, request: FastifyRequest): void {
  const expected = Buffer.from(`Bearer ${token}`)
  const given = Buffer.from(request.headers.authorization ?? '')
  if (given.length === expected.length && timingSafeEqual(given, expected)) return
  throw new Refusal(401, 'unauthorized', 'A bearer token is needed: send "Authorization: Bearer <token>".')
}

/** Stands where Fastify would load its schema compilers: no route has a schema, bodies are decoded by our own. */
function noSchemas(): never {
  throw new Error('Routes of the serving runtime have no schemas.')
}

/** The whole HTTP server of one model. Its caller listens and, at the end, drains. */
export function createServer(parts: ServerParts): Server {
  const { model, monitor, settings, logger } = parts
  let requests = 0
  const app: FastifyInstance = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    bodyLimit: settings.bodyBytes,
    return503OnClosing: false,
    forceCloseConnections: false,
    genReqId: (request) => {
      const given = request.headers['x-request-id']
      if (typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given)) return given
      return `${monitor.instance}-${(++requests).toString(36)}`
    },
  })

  const refuse = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal) => {
    const protocol = protocolOf(request)
    const body = refusalBody(refusal, protocol, request.id, settings.terseErrors)
    if (request.routeOptions.config?.protocol) {
      flights.answered(request, refusal.status, Buffer.byteLength(body))
    }
    if (refusal.status === 429 || refusal.status === 503) reply.header('retry-after', '1')
    if (refusal.status === 401) reply.header('www-authenticate', 'Bearer')
    // The rest of a body that is not wanted would be read for nothing.
    if (refusal.status === 413 || refusal.status === 504) reply.header('connection', 'close')
    return reply.code(refusal.status).header('content-type', jsonType).send(body)
  }

  const flights = createFlights(settings, monitor, (request, reply, refusal) => {
    refuse(request, reply, refusal)
    reply.raw.once('finish', () => request.raw.destroy())
  })

  app.decorateRequest('flight', null)
  app.removeAllContentTypeParsers()
  // Bodies stay bytes: each protocol reads them itself, once, in the turn that scores them.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.setErrorHandler((error, request, reply) => {
    const known = refusalOf(error, settings)
    if (known === null) request.log.error({ err: error, requestId: request.id }, 'request failed')
    return refuse(
      request,
      reply,
      known ??
        new Refusal(500, 'internal', `An internal error; the log names it under request ${request.id}.`),
    )
  })
  app.setNotFoundHandler((request, reply) => {
    const message = `There is no ${request.method} ${request.url.split('?')[0]}. GET /docs lists what there is.`
    return refuse(request, reply, new Refusal(404, 'not_found', message))
  })

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  const { token } = settings
  if (token !== null) {
    app.addHook('onRequest', (request, _reply, done) => {
      if (!open.has(request.routeOptions.url ?? '')) assertToken(token, request)
      done()
    })
  }

  const routes: RouteParts = { ...parts, app, flights }
  const predicting = createPredicting({ model, monitor, settings, flights })
  healthRoutes(routes)
  predictRoutes(routes, predicting)
  inferenceRoutes(routes, predicting)
  monitoringRoutes(routes)
  descriptionRoutes(routes)
  return { app, flights }
}
