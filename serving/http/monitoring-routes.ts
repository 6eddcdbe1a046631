import type { FastifyRequest } from 'fastify'
import { createFeedback } from '../monitoring/feedback.ts'
import { createUtilisationMeter, metricsText } from '../monitoring/traffic-metrics.ts'
import { invalidRequest, notJson } from './refusal.ts'
import type { RouteParts } from './server.ts'

const ndjson = 'application/x-ndjson; charset=utf-8'
const windowsPerPull = 2_000
const entriesPerPull = 10_000

/** Gauges whose names end as counters' do, which promtool objects to. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

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
export function monitoringRoutes({ app, model, monitor, settings }: RouteParts): void {
  const utilisation = createUtilisationMeter(monitor.metrics, settings.bandwidthMbps)
  const feedback = createFeedback({ signature: model.signature, ids: monitor.ids, log: monitor.log })
  // The process's own metrics are loaded after the server is ready, which they would delay.
  let processMetrics: Promise<() => Promise<string>> | null = null
  const loadProcessMetrics = async () => {
    const { collectDefaultMetrics, Registry } = await import('prom-client')
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    for (const name of misnamed) registry.removeSingleMetric(name)
    return () => registry.metrics()
  }
  app.addHook('onListen', (done) => {
    setTimeout(() => {
      processMetrics ??= loadProcessMetrics()
    }, 1000).unref()
    done()
  })

  app.get('/metrics', async (_request, reply) => {
    processMetrics ??= loadProcessMetrics()
    const ofProcess = await (await processMetrics)()
    const own = metricsText(monitor.metrics, utilisation(), model, monitor.instance)
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(own + ofProcess)
  })
  app.get('/monitoring/windows', async (request, reply) => {
    const { lines, next } = await monitor.windows(cursorOf(request), windowsPerPull)
    return reply.type(ndjson).send(linesWithTail(lines, next))
  })
  app.get('/monitoring/predictions', async (request, reply) => {
    const { lines, next } = await monitor.log.since(cursorOf(request), entriesPerPull)
    return reply.type(ndjson).send(linesWithTail(lines, next))
  })
  const monitored = JSON.stringify({
    model: { name: model.name, version: model.version },
    signature: model.signature,
    baseline: model.baseline,
  })
  app.get('/monitoring/baseline', (_request, reply) => reply.type('application/json').send(monitored))
  app.post('/feedback', async (request, reply) => {
    const { body } = request
    if (!Buffer.isBuffer(body) || body.length === 0) throw invalidRequest('The request has no body.')
    let value: unknown
    try {
      value = JSON.parse(body.toString())
    } catch (error) {
      throw notJson(request.headers['content-type'], error)
    }
    const answer = await feedback.accept(value)
    return reply.send(answer)
  })
}
