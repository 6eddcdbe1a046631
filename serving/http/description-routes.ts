import { openApiDocument } from '../../shared/bundle/openapi/openapi-document.ts'
import type { ServedVersion } from '../versions/served-version.ts'
import { docsPage } from './docs-page.ts'
import type { RouteParts } from './server.ts'

/** What the model is and how it is called, from the active version's own signature. */
export function descriptionRoutes({ app, versions, settings }: RouteParts): void {
  const asks = { token: settings.token !== null, adminToken: settings.adminToken !== null }
  let described: { version: ServedVersion; openApi: ReturnType<typeof openApiDocument> } | null = null
  const openApi = () => {
    const { active } = versions
    if (described?.version !== active) {
      const { name, version, signature, examples } = active.model
      const example = examples.rows[0] ?? {}
      const document = openApiDocument({ name, version, signature, example, asks })
      described = { version: active, openApi: document }
    }
    return described.openApi
  }
  app.get('/openapi.json', openApi)
  app.get('/signature', () => versions.active.model.signature)
  app.get('/card', (_request, reply) =>
    reply.type('text/markdown; charset=utf-8').send(versions.active.model.card),
  )
  app.get('/docs', (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
      .send(
        docsPage(openApi(), versions.active.model, {
          endpoint: `${request.protocol}://${request.host}`,
          asksToken: asks.token,
        }),
      ),
  )
  app.get('/', (_request, reply) => reply.redirect('/docs'))
}
