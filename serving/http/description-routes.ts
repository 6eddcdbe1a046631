import { openApiDocument } from '../../shared/bundle/openapi.ts'
import { docsPage } from './docs-page.ts'
import type { RouteParts } from './server.ts'

/** What the model is and how it is called, from its own signature. */
export function descriptionRoutes({ app, model }: RouteParts): void {
  const { name, version, signature, examples } = model
  const openApi = openApiDocument({ name, version, signature, example: examples.rows[0] ?? {} })
  app.get('/openapi.json', () => openApi)
  app.get('/signature', () => signature)
  app.get('/card', (_request, reply) => reply.type('text/markdown; charset=utf-8').send(model.card))
  app.get('/docs', (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
      .send(docsPage(openApi, model, `${request.protocol}://${request.host}`)),
  )
  app.get('/', (_request, reply) => reply.redirect('/docs'))
}
