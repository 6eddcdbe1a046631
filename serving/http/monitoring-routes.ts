import type { FastifyReply, FastifyRequest } from 'fastify'
import { monitoredModel } from '../bundle/monitored-model.ts'
import { readFeedback } from '../monitoring/feedback.ts'
import { type BaselineQuery, keptBaseline, matches } from '../monitoring/kept-baselines.ts'
import { jsonBody } from './json-body.ts'
import { invalidRequest, Refusal } from './refusal.ts'
import type { RouteParts } from './server.ts'

const ndjson = 'application/x-ndjson; charset=utf-8'
const windowsPerPull = 2_000
const entriesPerPull = 10_000

function cursorOf(request: FastifyRequest): number {
  const { query } = request
  const since = typeof query === 'object' && query !== null && 'since' in query ? query.since : undefined
  if (since === undefined || since === '') return 0
  const cursor = Number(since)
  if (Number.isInteger(cursor) && cursor >= 0) return cursor
  throw invalidRequest(`since is "${String(since)}", expected the cursor of an earlier answer, or 0.`)
}

function baselineQuery({ query }: FastifyRequest): BaselineQuery {
  const given = new Map(typeof query === 'object' && query !== null ? Object.entries(query) : [])
  const text = (name: string): string | undefined => {
    const value: unknown = given.get(name)
    if (value === undefined || typeof value === 'string') return value
    throw invalidRequest(`${name} is given more than once.`)
  }
  const [model, version, layout] = [text('model'), text('version'), text('layout')]
  if (version !== undefined && !/^\d{1,9}$/.test(version)) {
    throw invalidRequest(`version is "${version}", expected a version's number.`)
  }
  return {
    ...(model === undefined ? {} : { model }),
    ...(version === undefined ? {} : { version: Number(version) }),
    ...(layout === undefined ? {} : { layout }),
  }
}

const linesWithTail = (lines: readonly string[], next: number): string =>
  [...lines, JSON.stringify({ next }), ''].join('\n')

/** Metrics for Prometheus, windows and logged predictions for the workbench, and feedback. */
export function monitoringRoutes({ app, flights, versions, monitor, settings }: RouteParts): void {
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await monitor.metrics()),
  )
  app.get('/monitoring/windows', async (request, reply) => {
    const { lines, next } = await monitor.windows(cursorOf(request), windowsPerPull)
    return reply.type(ndjson).send(linesWithTail(lines, next))
  })
  app.get('/monitoring/predictions', async (request, reply) => {
    const { lines, next } = await monitor.predictions(cursorOf(request), entriesPerPull)
    return reply.type(ndjson).send(linesWithTail(lines, next))
  })
  app.get('/monitoring/baseline', async (request, reply) => {
    const asked = baselineQuery(request)
    const active = monitoredModel(versions.active.model)
    if (matches(active, asked)) return reply.send(active)
    const kept = await keptBaseline(settings.stateFolder, asked)
    if (kept === null) {
      throw new Refusal(
        404,
        'not_found',
        `No version that was asked for has served here: ${JSON.stringify(asked)}.`,
      )
    }
    return reply.type('application/json; charset=utf-8').send(kept)
  })
  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    flights.admit(request, reply)
    done()
  }
  app.post('/feedback', { onRequest }, async (request, reply) => {
    const { body } = request
    if (!Buffer.isBuffer(body) || body.length === 0) throw invalidRequest('The request has no body.')
    const value = jsonBody(body.toString(), request.headers['content-type'])
    const items = readFeedback(value, versions.active.model.signature, Math.round(Date.now()))
    const answer = JSON.stringify(await monitor.feedback(items))
    // A request that was answered late has its answer.
    if (!flights.answered(request, 200, Buffer.byteLength(answer))) return reply
    return reply.type('application/json; charset=utf-8').send(answer)
  })
}
