import type { RouteParts } from './server.ts'

/** Liveness, readiness and the other products' names for them. */
export function healthRoutes({ app, flights, model, monitor, slipwayVersion }: RouteParts): void {
  const live = {
    live: true,
    instance: monitor.instance,
    model: { name: model.name, version: model.version },
  }
  const readiness = () => ({ ready: !flights.draining, reasons: flights.draining ? ['stopping'] : [] })
  app.get('/health/live', () => live)
  for (const path of ['/health/ready', '/health']) {
    app.get(path, (_request, reply) => reply.code(flights.draining ? 503 : 200).send(readiness()))
  }
  app.get('/ping', (_request, reply) =>
    reply
      .code(flights.draining ? 503 : 200)
      .type('application/json')
      .send('\n'),
  )
  app.get('/version', (_request, reply) => reply.type('text/plain').send(slipwayVersion))
  // The specification names the key `live` in one place and `ready` in another.
  app.get('/v2/health/live', () => ({ live: true, ready: true }))
  app.get('/v2/health/ready', (_request, reply) => {
    const ready = !flights.draining
    return reply.code(ready ? 200 : 503).send({ live: true, ready })
  })
}
