import type { RouteParts } from './server.ts'

/** Liveness, readiness and the other products' names for them. */
export function healthRoutes({ app, flights, versions, monitor, slipwayVersion }: RouteParts): void {
  const live = () => {
    const { name, version } = versions.active.model
    return { live: true, instance: monitor.instance, model: { name, version } }
  }
  const reasons = () => {
    if (flights.stopping) return ['stopping']
    return flights.draining ? ['drained'] : []
  }
  const isReady = () => reasons().length === 0
  const readiness = () => ({ ready: isReady(), reasons: reasons() })
  app.get('/health/live', live)
  for (const path of ['/health/ready', '/health']) {
    app.get(path, (_request, reply) => reply.code(isReady() ? 200 : 503).send(readiness()))
  }
  app.get('/ping', (_request, reply) =>
    reply
      .code(isReady() ? 200 : 503)
      .type('application/json')
      .send('\n'),
  )
  app.get('/version', (_request, reply) => reply.type('text/plain').send(slipwayVersion))
  // The specification names the key `live` in one place and `ready` in another.
  app.get('/v2/health/live', () => ({ live: true, ready: true }))
  app.get('/v2/health/ready', (_request, reply) => {
    const ready = isReady()
    return reply.code(ready ? 200 : 503).send({ live: true, ready })
  })
}
