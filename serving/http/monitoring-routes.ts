import type { FastifyRequest } from 'fastify'
import { readFeedback } from '../monitoring/feedback.ts'
import { invalidRequest, notJson, Refusal } from './refusal.ts'
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

const linesWithTail = (lines: readonly string[], next: number): string =>
  [...lines, JSON.stringify({ next }), ''].join('\n')

/** Metrics for Prometheus, windows and logged predictions for the workbench, and feedback. */
export function monitoringRoutes({ app, versions, monitor }: RouteParts): void {
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
  app.get('/monitoring/baseline', (request, reply) => {
    const { query } = request
    const asked =
      typeof query === 'object' && query !== null && 'version' in query ? query.version : undefined
    const found = asked === undefined ? versions.active : versions.serving(Number(asked))
    if (found === null) {
      throw new Refusal(404, 'not_found', `Version ${String(asked)} neither answers nor shadows here.`)
    }
    const { name, version, signature, baseline } = found.model
    return reply.send({ model: { name, version }, signature, baseline })
  })
  app.post('/feedback', async (request, reply) => {
    const { body } = request
    if (!Buffer.isBuffer(body) || body.length === 0) throw invalidRequest('The request has no body.')
    let value: unknown
    try {
      value = JSON.parse(body.toString())
    } catch (error) {
      throw notJson(request.headers['content-type'], error)
    }
    const items = readFeedback(value, versions.active.model.signature, Math.round(Date.now()))
    return reply.send(await monitor.feedback(items))
  })
}
