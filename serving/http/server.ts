import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Monitor } from '../monitoring/monitor.ts'
import type { Settings } from '../settings.ts'
import type { Control } from '../versions/control.ts'
import type { Versions } from '../versions/versions.ts'
import { accessSteps, passSteps } from './access.ts'
import { adminRoutes } from './admin-routes.ts'
import { createClientErrorHandler } from './client-errors.ts'
import { descriptionRoutes } from './description-routes.ts'
import { createFlights, type Flights } from './flights.ts'
import { healthRoutes } from './health-routes.ts'
import { inferenceRoutes } from './inference-routes.ts'
import { monitoringRoutes } from './monitoring-routes.ts'
import { answerOtherMethods } from './other-methods.ts'
import { predictRoutes } from './predict-routes.ts'
import { createPredicting } from './predicting.ts'
import type { Rates } from './rates.ts'
import {
  codedBody,
  invalidRequest,
  type Protocol,
  protocolOfPath,
  Refusal,
  redactFields,
  refusalBody,
} from './refusal.ts'
import { createRequestIds } from './request-ids.ts'
import { createRequestLog } from './request-log.ts'
import { endUnreadAnswers } from './unread-answers.ts'

/** PEM texts of a certificate and its key. */
export interface Tls {
  cert: Buffer
  key: Buffer
}

export interface ServerParts {
  versions: Versions
  control: Control
  tls: Tls | null
  rates: Rates
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

/** What bodies usually are. */
const bodyTypes = [
  'application/json',
  'text/csv',
  'application/octet-stream',
  'application/vnd.apache.arrow.stream',
]

/** Characters of a model's name or version in a path at most. */
const nameLength = 100

const jsonType = 'application/json; charset=utf-8'

const protocolOf = (request: FastifyRequest): Protocol =>
  request.routeOptions.config?.protocol ?? protocolOfPath(request.url)

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
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new Refusal(
      415,
      'unsupported_media_type',
      'The content-type is no media type; expected one such as application/json or text/csv.',
    )
  }
  if (code === 'FST_ERR_BAD_URL') {
    return invalidRequest('The path cannot be read: a "%" must begin two hexadecimal digits of UTF-8.')
  }
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') {
    const message = `A name in the path is too long; it may have ${nameLength} characters.`
    return new Refusal(414, 'too_large', message)
  }
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Refusal(status, 'invalid_request', error.message)
  }
  return null
}

/** Stands where Fastify would load its schema compilers: no route has a schema, bodies are decoded by our own. */
function noSchemas(): never {
  throw new Error('Routes of the serving runtime have no schemas.')
}

/** The whole HTTP server of a model's versions. Its caller listens and, at the end, drains. */
export function createServer(parts: ServerParts): Server {
  const { versions, monitor, settings, logger } = parts
  const ids = createRequestIds(monitor.instance)
  const steps = accessSteps(settings, parts.rates)
  const timeouts = {
    headersTimeout: settings.headerSeconds * 1000,
    // Prediction requests are told of their timeout before Node ends them without a word.
    requestTimeout: Math.max(settings.requestSeconds + 2, settings.headerSeconds) * 1000,
    connectionsCheckingInterval: 500,
  }
  const options = {
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // No logger is made for each request: what is logged of one names its id itself.
    childLoggerFactory: () => logger,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    bodyLimit: settings.bodyBytes,
    requestTimeout: timeouts.requestTimeout,
    return503OnClosing: false,
    forceCloseConnections: false,
    routerOptions: { maxParamLength: nameLength },
    genReqId: ids.of,
    clientErrorHandler: createClientErrorHandler(settings, ids),
    // Paths that the router cannot read reach no hook and no route: they take the same steps here.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      begin(request, reply)
      passSteps(steps, request, reply, (refusal) => void refuseError(refusal ?? error, request, reply))
    },
  }
  const app: FastifyInstance = parts.tls
    ? Fastify({ ...options, https: { ...parts.tls, ...timeouts } })
    : Fastify({ ...options, http: timeouts })
  app.server.maxConnections = settings.connections
  const endWatch = endUnreadAnswers(app.server, settings.requestSeconds, parts.tls !== null)
  app.addHook('onClose', async () => endWatch())
  const requestLog = createRequestLog(settings, logger)

  const refuse = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal) => {
    const protocol = protocolOf(request)
    const shown = redactFields(refusal, settings.redactedColumns)
    const body = refusalBody(shown, protocol, request.id, settings.terseErrors)
    const predicts = request.routeOptions.config?.protocol !== undefined
    if (predicts || request.flight) {
      // A request that was answered late has its answer.
      if (!flights.answered(request, refusal.status, Buffer.byteLength(body))) return reply
      if (predicts) requestLog.answered(request, refusal.status, null)
    }
    const busy = refusal.status === 429 || refusal.status === 503
    if (busy && !reply.hasHeader('retry-after')) reply.header('retry-after', '1')
    if (refusal.status === 401) reply.header('www-authenticate', 'Bearer')
    // The rest of a body that is not wanted would be read for nothing.
    if (refusal.status === 413 || refusal.status === 504) reply.header('connection', 'close')
    return reply.code(refusal.status).header('content-type', jsonType).send(body)
  }

  const flights = createFlights(settings, { versions, tally: monitor.tally }, (request, reply, refusal) => {
    refuse(request, reply, refusal)
    reply.raw.once('finish', () => request.raw.destroy())
  })

  app.decorateRequest('flight', null)
  app.removeAllContentTypeParsers()
  // Bodies stay bytes: each protocol reads them itself, once, in the turn that scores them.
  const asBytes = (
    { headers }: FastifyRequest,
    body: Buffer,
    done: (error: Error | null, body?: Buffer) => void,
  ) => {
    const coding = headers['content-encoding']
    if (coding === undefined || coding === 'identity') done(null, body)
    else done(codedBody(coding))
  }
  // By name, since Fastify remembers a parser found by name, and searches anew for each request that ends at '*'.
  app.addContentTypeParser([...bodyTypes], { parseAs: 'buffer' }, asBytes)
  app.addContentTypeParser('*', { parseAs: 'buffer' }, asBytes)

  const refuseError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const known = refusalOf(error, settings)
    if (known !== null) return refuse(request, reply, known)
    logger.error({ err: error, requestId: request.id }, 'request failed')
    const message = `An internal error; the log names it under request ${request.id}.`
    return refuse(request, reply, new Refusal(500, 'internal', message))
  }
  app.setErrorHandler(refuseError)
  answerOtherMethods(app, refuse)

  const begin = (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('x-request-id', request.id)
    if (flights.leaving) reply.header('connection', 'close')
  }
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply)
    done()
  })
  for (const step of steps) app.addHook('onRequest', step)

  const routes: RouteParts = { ...parts, app, flights }
  const predicting = createPredicting({ versions, settings, flights, requestLog })
  healthRoutes(routes)
  predictRoutes(routes, predicting)
  inferenceRoutes(routes, predicting)
  monitoringRoutes(routes)
  descriptionRoutes(routes)
  adminRoutes(routes)
  return { app, flights }
}
